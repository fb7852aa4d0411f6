import { describe, expect, it } from 'vitest';
import { readBuilderMetadata, readLifecycleApis } from '../../../../src/builds/buildpacks/builder-metadata.ts';

const label = {
  buildpacks: [{ id: 'example/node', version: '1.0.0', homepage: 'https://h.example' }],
  stack: { runImage: { image: 'registry.example/run:old', mirrors: null } },
  lifecycle: { version: '0.20.0', apis: { platform: { deprecated: ['0.3'], supported: ['0.12', '0.13'] } } },
};

const config = (changes: object = {}, env = ['CNB_USER_ID=1001', 'CNB_GROUP_ID=1002']) => ({
  config: { Env: env, Labels: { 'io.buildpacks.builder.metadata': JSON.stringify({ ...label, ...changes }) } },
});

describe('readBuilderMetadata', () => {
  it('reads users, APIs, buildpacks and the run image', () => {
    expect(readBuilderMetadata(config(), 'b')).toEqual({
      userId: 1001,
      groupId: 1002,
      platformApis: ['0.12', '0.13'],
      runImage: 'registry.example/run:old',
      buildpacks: [{ id: 'example/node', version: '1.0.0' }],
    });
  });

  it('takes the first of the newer list of run images', () => {
    const images = [{ image: 'registry.example/run:new' }, { image: 'other' }];
    expect(readBuilderMetadata(config({ images }), 'b').runImage).toBe('registry.example/run:new');
  });

  it.each([
    ['has no label', { config: { Env: null } }],
    ['has a label that is no JSON', { config: { Labels: { 'io.buildpacks.builder.metadata': '{' } } }],
    ['has a label without APIs', config({ lifecycle: {} })],
    ['runs as root', config({}, ['CNB_USER_ID=0', 'CNB_GROUP_ID=0'])],
    ['names its user', config({}, ['CNB_USER_ID=cnb', 'CNB_GROUP_ID=1000'])],
    ['says nothing of its user', config({}, [])],
  ])('refuses an image that %s', (_, found) => {
    expect(() => readBuilderMetadata(found, 'h.example/b:1')).toThrow(expect.objectContaining({ type: 'BuildFailed' }));
    expect(() => readBuilderMetadata(found, 'h.example/b:1')).toThrow('The builder image h.example/b:1 cannot be used');
  });
});

describe('readLifecycleApis', () => {
  it('reads the label of the lifecycle image, and nothing from an image without one', () => {
    const apis = JSON.stringify({ platform: { deprecated: [], supported: ['0.14'] } });
    expect(readLifecycleApis({ config: { Labels: { 'io.buildpacks.lifecycle.apis': apis } } })).toEqual(['0.14']);
    expect(readLifecycleApis({ config: {} })).toEqual([]);
  });
});
