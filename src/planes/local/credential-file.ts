import { rm, writeFile } from 'node:fs/promises';

/** Lets `use` have a credential as a file that is there only meanwhile: programs read it again for each registry, which a pipe does not allow. */
export async function withCredentialFile<T>(
  file: string,
  text: string | undefined,
  use: (file: string | undefined) => Promise<T>,
): Promise<T> {
  if (text === undefined) return use(undefined);
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}
