import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { constants, deflate } from 'node:zlib';

const compress = promisify(deflate);

/** Writes an object into a repository's folder and says its id. What git has a process for is here a file; the same content gives the same id. */
export async function writeObject(folder: string, type: 'blob' | 'tree', content: Buffer): Promise<string> {
  const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const id = createHash('sha1').update(object).digest('hex');
  const place = path.join(folder, 'objects', id.slice(0, 2), id.slice(2));
  if (await stat(place).catch(() => undefined)) return id;
  await mkdir(path.dirname(place), { recursive: true });
  // Tidied away by this name when we are killed; and nobody ever sees half an object.
  const temporary = path.join(path.dirname(place), `tmp_obj_${randomUUID()}`);
  // Not made smaller: a large folder's tree would take longer than all else, and mirrors don't grow old.
  await writeFile(temporary, await compress(object, { level: constants.Z_NO_COMPRESSION }), { mode: 0o444 });
  await rename(temporary, place);
  return id;
}
