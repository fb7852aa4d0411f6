import { describe, expect, it } from 'vitest';
import { buildInputs } from '../../../activities/check-source.ts';
import { snapshotOf } from '../../support/source-snapshot.ts';
import { planFor } from './plan-for.ts';

describe('the inputs of a React build', () => {
  const files = { 'web/package.json': '{}', 'web/yarn.lock': '', 'lib/index.js': '1' };

  it('are the application where the lock file is in it', async () => {
    const before = await buildInputs(snapshotOf(files), planFor('web'));

    expect(await buildInputs(snapshotOf({ ...files, 'lib/index.js': '2' }), planFor('web'))).toEqual(before);
    expect(await buildInputs(snapshotOf({ ...files, 'web/main.js': '' }), planFor('web'))).not.toEqual(before);
  });

  it('are the workspace where the lock file is above it', async () => {
    const { 'web/yarn.lock': _, ...rest } = files;
    const workspace = { ...rest, 'yarn.lock': '' };
    const before = await buildInputs(snapshotOf(workspace), planFor('web'));

    expect(await buildInputs(snapshotOf({ ...workspace, 'lib/index.js': '2' }), planFor('web'))).not.toEqual(before);
  });

  it('must hold package.json', async () => {
    await expect(buildInputs(snapshotOf({ 'web/index.html': '' }), planFor('web'))).rejects.toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringContaining('"web/package.json" is not in https://code.example/shop'),
    });
  });
});
