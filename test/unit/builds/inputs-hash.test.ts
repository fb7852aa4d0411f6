import { describe, expect, it } from 'vitest';
import { type BuildInputs, inputsHash } from '../../../src/builds/inputs-hash.ts';

const inputs: BuildInputs = {
  read: ['a'.repeat(40), 'b'.repeat(40)],
  plan: { kind: 'docker', context: '.', dockerfile: 'Dockerfile' },
  builder: 'buildah 1.28.2',
  platforms: ['linux/amd64', 'linux/arm64'],
};

describe('the hash of build inputs', () => {
  it('stays the same from release to release, or every record would be lost', () => {
    expect(inputsHash(inputs)).toBe('9bdc97e13f3ecadfb616');
  });

  it('does not depend on the order of platforms and parameters', () => {
    const plan = { dockerfile: 'Dockerfile', context: '.', kind: 'docker' } as const;

    expect(inputsHash({ ...inputs, plan, platforms: inputs.platforms.toReversed() })).toBe(inputsHash(inputs));
  });

  it.each([
    ['the context', { read: ['c'.repeat(40), 'b'.repeat(40)] }],
    ['the Dockerfile', { read: ['a'.repeat(40), 'c'.repeat(40)] }],
    ['a parameter', { plan: { ...inputs.plan, dockerfile: 'Other' } }],
    ['the builder', { builder: 'buildah 1.29' }],
    ['a platform', { platforms: ['linux/amd64'] }],
  ])('changes with %s', (_input, change) => {
    expect(inputsHash({ ...inputs, ...change })).not.toBe(inputsHash(inputs));
  });
});
