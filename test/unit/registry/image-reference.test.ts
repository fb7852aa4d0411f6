import { describe, expect, it } from 'vitest';
import { parseImageReference } from '../../../src/registry/image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseImageReference', () => {
  it.each([
    ['node', ['docker.io', 'library/node', 'latest', undefined]],
    ['node:20-alpine', ['docker.io', 'library/node', '20-alpine', undefined]],
    ['acme/node:20', ['docker.io', 'acme/node', '20', undefined]],
    ['index.docker.io/library/node:20', ['docker.io', 'library/node', '20', undefined]],
    ['localhost/node', ['localhost', 'node', 'latest', undefined]],
    ['registry:5000/node', ['registry:5000', 'node', 'latest', undefined]],
    ['registry.example:5000/a/b:1.2', ['registry.example:5000', 'a/b', '1.2', undefined]],
    [`quay.io/a/b@${digest}`, ['quay.io', 'a/b', undefined, digest]],
    [`quay.io/a/b:1@${digest}`, ['quay.io', 'a/b', '1', digest]],
  ])('takes %s apart', (reference, expected) => {
    const { registry, name, tag, digest } = parseImageReference(reference);

    expect([registry, name, tag, digest]).toEqual(expected);
  });
});
