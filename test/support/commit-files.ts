import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Texts of files by path; null removes one. */
export type FileTexts = Readonly<Record<string, string | null>>;

/** Commits changes onto a branch of a bare repository, which is made from `from` where it is new, and says the commit. */
export async function commitFiles(
  repository: string,
  files: FileTexts,
  { branch = 'main', from = 'main' }: { readonly branch?: string; readonly from?: string } = {},
): Promise<string> {
  const git = async (...args: string[]) => (await run('git', ['--git-dir', repository, ...args])).stdout.trim();
  const ref = `refs/heads/${branch}`;
  const parent = await git('rev-parse', '--verify', '--quiet', ref).catch(() => git('rev-parse', from));
  const lines = [
    `commit ${ref}\ncommitter Ada <ada@acme.example> 1700000000 +0000\n${data('Change files')}from ${parent}\n`,
    ...Object.entries(files).map(([path, text]) =>
      text === null ? `D ${JSON.stringify(path)}\n` : `M 100644 inline ${JSON.stringify(path)}\n${data(text)}`,
    ),
  ];
  const importing = run('git', ['--git-dir', repository, 'fast-import', '--quiet', '--force']);
  importing.child.stdin?.end(lines.join(''));
  await importing;
  return git('rev-parse', ref);
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
