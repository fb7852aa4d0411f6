import { describe, expect, it } from 'vitest';
import { hostOf, mirrorsOf, withHost } from '../../../src/builds/image-hosts.ts';

describe('the host of an image', () => {
  it.each([
    ['r.example/a/b:1', 'r.example'],
    ['localhost:5000/a', 'localhost:5000'],
    ['localhost/a', 'localhost'],
    ['library/node', 'docker.io'],
    ['node:20', 'docker.io'],
  ])('of %s is %s', (reference, host) => {
    expect(hostOf(reference)).toBe(host);
  });

  it('is changed where it is to be, and nothing else of the name', () => {
    const digest = `@sha256:${'a'.repeat(64)}`;
    expect(withHost(`r.example:1/a/b:1${digest}`, () => '10.0.0.1:1')).toBe(`10.0.0.1:1/a/b:1${digest}`);
    expect(withHost('node:20', (host) => host)).toBe('node:20');
    expect(withHost('node:20', () => 'hub.example')).toBe('hub.example/library/node:20');
  });

  it('has mirrors, with a path of their own where wanted', () => {
    const mirrors = { 'docker.io': ['m.example/hub', 'n.example'] };
    expect(mirrorsOf('node:20', mirrors)).toEqual(['m.example/hub/library/node:20', 'n.example/library/node:20']);
    expect(mirrorsOf('docker.io/a/b', mirrors)).toEqual(['m.example/hub/a/b', 'n.example/a/b']);
    expect(mirrorsOf('gcr.io/a', mirrors)).toEqual([]);
  });
});
