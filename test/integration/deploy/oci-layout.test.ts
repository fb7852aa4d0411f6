import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestOf, writeOciLayout } from '../../../deploy/builder/oci-layout.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layout-'));
});
afterEach(() => rm(folder, { recursive: true }));

const archive = Buffer.alloc(1024);
const layer = { diffId: digestOf(archive), content: gzipSync(archive) };

it('gives a layout that other tools read', async () => {
  await writeOciLayout(path.join(folder, 'image'), { layers: [layer], config: { User: '1000:1000' }, created: 1 });

  const layout = `oci:${path.join(folder, 'image')}`;
  const config = JSON.parse(execFileSync('skopeo', ['inspect', '--config', layout], { encoding: 'utf8' }));
  execFileSync('skopeo', ['copy', '--quiet', layout, `dir:${path.join(folder, 'copy')}`]);
  expect(config).toMatchObject({
    created: '1970-01-01T00:00:01Z',
    os: 'linux',
    config: { User: '1000:1000' },
    rootfs: { type: 'layers', diff_ids: [layer.diffId] },
  });
  expect(await readFile(path.join(folder, 'copy', digestOf(layer.content).slice('sha256:'.length)))).toEqual(
    layer.content,
  );
});

it('gives the same digest for the same content, and replaces what was there', async () => {
  const image = path.join(folder, 'image');
  const content = { layers: [layer], config: {}, created: 1 };
  const first = await writeOciLayout(image, content);

  expect(await writeOciLayout(image, { ...content, created: 2 })).not.toEqual(first);
  expect(await writeOciLayout(image, content)).toEqual(first);

  const index = JSON.parse(await readFile(path.join(image, 'index.json'), 'utf8'));
  expect(index.manifests).toEqual([first]);
});
