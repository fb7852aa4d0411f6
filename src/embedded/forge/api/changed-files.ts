import { diff, git } from '../git.ts';

/** A changed file in GitHub's shape. */
export interface ChangedFile {
  readonly sha: string;
  readonly filename: string;
  /** Of a renamed one. */
  readonly previous_filename?: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly additions: number;
  readonly deletions: number;
  readonly changes: number;
  readonly patch: string;
}

const statusOf = { A: 'added', D: 'removed', R: 'renamed' } as const;

/** The files that differ between two commits, each with its hunks. */
export async function changedFiles(folder: string, from: string, to: string): Promise<ChangedFile[]> {
  const raw = await git(folder, ['diff', '--raw', '-z', '--abbrev=40', '--find-renames', from, to, '--']);
  const patches = (await diff(folder, from, to)).split(/^diff --git .*\n/m).slice(1);
  return readRaw(raw).map(({ sha, filename, previous, letter }, index) => {
    const text = patches[index] ?? '';
    const patch = text.slice(Math.max(0, text.search(/^@@ /m))).trimEnd();
    const lines = text.includes('\n@@ ') || text.startsWith('@@ ') ? patch.split('\n') : [];
    const additions = lines.filter((line) => line.startsWith('+')).length;
    const deletions = lines.filter((line) => line.startsWith('-')).length;
    const status = letter === 'A' || letter === 'D' || letter === 'R' ? statusOf[letter] : 'modified';
    return {
      sha,
      filename,
      ...(previous !== undefined && { previous_filename: previous }),
      status,
      additions,
      deletions,
      changes: additions + deletions,
      patch: lines.length > 0 ? patch : '',
    };
  });
}

interface RawFile {
  readonly sha: string;
  readonly filename: string;
  readonly previous: string | undefined;
  readonly letter: string;
}

function readRaw(raw: string): RawFile[] {
  const fields = raw.split('\0');
  const files: RawFile[] = [];
  for (let index = 0; index + 1 < fields.length; ) {
    const [, , before = '', after = '', change = ''] = (fields[index] ?? '').split(' ');
    const letter = change.charAt(0);
    const isPair = letter === 'R' || letter === 'C';
    const filename = fields[index + (isPair ? 2 : 1)] ?? '';
    const previous = letter === 'R' ? fields[index + 1] : undefined;
    files.push({ sha: letter === 'D' ? before : after, filename, previous, letter });
    index += isPair ? 3 : 2;
  }
  return files;
}
