import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failures.ts';
import type { Catalog } from './catalog.ts';
import { type CatalogFile, createFileCatalog } from './file-catalog.ts';
import { isCatalogPath, isIgnoredFolder } from './resource-index.ts';

/** A catalog of the YAML files below a folder, looked through at each call; only files that changed are read again. */
export function createDirectoryCatalog(folder: string): Catalog {
  return createFileCatalog(`folder ${folder}`, {
    list: () => walk(folder, ''),
    async *read(files) {
      for (const file of files) {
        const text = await readFile(join(folder, file.path), 'utf8').catch(absent);
        if (text !== undefined) yield { file, text };
      }
    },
  });
}

async function walk(root: string, below: string): Promise<CatalogFile[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch((error: unknown) => {
    if (below !== '' && isAbsent(error)) return [];
    throw new Failure(
      'Unavailable',
      `The catalog's folder ${join(root, below)} cannot be read: create it, or correct the setting.`,
      { cause: error },
    );
  });
  const files: CatalogFile[] = [];
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!isIgnoredFolder(entry.name)) files.push(...(await walk(root, path)));
    } else if (isCatalogPath(path)) {
      // Follows links, for a mounted ConfigMap consists of them.
      const status = await stat(join(root, path)).catch(absent);
      if (status?.isFile())
        files.push({ path, version: `${path} ${status.ino} ${status.size} ${status.mtimeMs} ${status.ctimeMs}` });
    }
  }
  return files;
}

function absent(error: unknown): undefined {
  if (isAbsent(error)) return undefined;
  throw error;
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
