import { z } from 'zod';
import type { Remote } from '../git/git.ts';
import type { SshLogin } from '../secrets/credentials.ts';
import { parseJson } from './parse-json.ts';

const Ssh = z.object({ privateKey: z.string(), knownHosts: z.string() });

/** How a build is let in at the source, as one text: the value of the Authorization header, or an SSH login as JSON. Undefined where none is needed. */
export function sourceAuthorization({ authorization, ssh }: Remote): string | undefined {
  return ssh === undefined ? authorization : JSON.stringify(ssh);
}

/** That text read again. */
export function readSourceAuthorization(text: string | undefined): Pick<Remote, 'authorization' | 'ssh'> {
  const ssh: SshLogin | undefined = text === undefined ? undefined : Ssh.safeParse(parseJson(text)).data;
  return ssh === undefined ? { authorization: text } : { authorization: undefined, ssh };
}

/** What of that text must not show in a log. */
export function authorizationTexts(text: string): readonly string[] {
  const { ssh, authorization } = readSourceAuthorization(text);
  if (ssh !== undefined)
    return ssh.privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  const encoded = (authorization ?? '').replace(/^\w+ /, '');
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return [encoded, ...(pair.includes(':') ? [pair.slice(pair.indexOf(':') + 1)] : [])];
}
