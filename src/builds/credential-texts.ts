import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { parseJson } from './parse-json.ts';

/** Every text of a credential that must not show: itself, the passwords of a docker `config.json`, the lines of a private key. */
export function credentialTexts(credential: string): readonly string[] {
  const keyLines = credential.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  return [credential, ...registryTexts(credential), ...(credential.includes('\n') ? keyLines : [])];
}

/** The passwords in the text of a docker `config.json`; none in any other text. */
export function registryTexts(config: string): readonly string[] {
  const parsed = parseJson(config);
  const auths = isPlainObject(parsed) && isPlainObject(parsed['auths']) ? Object.values(parsed['auths']) : [];
  return auths.filter(isPlainObject).flatMap((auth) =>
    Object.entries(auth).flatMap(([name, value]) => {
      if (typeof value !== 'string' || name === 'username' || name === 'email') return [];
      return name === 'auth' ? [value, ...passwordIn(value)] : [value];
    }),
  );
}

/** `user:password` in base64 gives the password. */
function passwordIn(encoded: string): readonly string[] {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return decoded.includes(':') ? [decoded.slice(decoded.indexOf(':') + 1)] : [];
}
