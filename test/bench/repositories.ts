import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Commits whole texts onto `main` of a bare repository, however many there are, and says the commit. */
export async function commitFiles(
  folder: string,
  files: Iterable<readonly [path: string, text: string]>,
  message: string,
): Promise<string> {
  const ref = 'refs/heads/main';
  const parent = await git(folder, ['rev-parse', '--verify', '-q', ref]).catch(() => '');
  await git(folder, ['fast-import', '--quiet'], function* () {
    yield `commit ${ref}\ncommitter Ada <ada@acme.example> ${Math.floor(Date.now() / 1000)} +0000\n${data(message)}`;
    if (parent !== '') yield `from ${parent}\n`;
    for (const [path, text] of files) yield `M 100644 inline ${path}\n${data(text)}`;
  });
  return git(folder, ['rev-parse', ref]);
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

async function git(folder: string, args: readonly string[], input: () => Iterable<string> = () => []): Promise<string> {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const child = spawn('git', ['--git-dir', folder, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const closed = once(child, 'close');
  await pipeline(Readable.from(input()), child.stdin);
  const [code] = await closed;
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
  return output.trim();
}
