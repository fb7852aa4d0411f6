import { describe, expect, it } from 'vitest';
import type { BuildEnd } from '../../../src/builds/build-end.ts';
import { describeEnd } from '../../../src/builds/describe-end.ts';

const request = {
  source: { repository: 'https://git.example/team/app', commit: 'c'.repeat(40), namespace: 'team' },
  plan: { kind: 'docker', context: 'app', dockerfile: 'app/Dockerfile' },
  image: { registry: 'registry.example', name: 'team/app', tag: 'v1' },
  timeoutSeconds: 1800,
} as const;

const react = {
  kind: 'react',
  app: '.',
  nodeVersion: '20',
  buildCommand: 'npm run build',
  outputDir: 'build',
  nodeImage: 'node:20',
  nginxImage: 'nginx:1',
  npmRegistry: null,
  port: 8080,
} as const;

const stopped = (step: 'clone' | 'build' | 'push', exitCode: number, more: object = {}): BuildEnd => ({
  v: 1,
  kind: 'stopped',
  step,
  exitCode,
  timedOut: false,
  outOfMemory: false,
  outOfDisk: false,
  ...more,
});

const messageOf = (end: BuildEnd, log = ''): string => {
  const outcome = describeEnd(end, request, log);
  return outcome.kind === 'failed' ? outcome.message : '';
};

describe('what the end of a build means', () => {
  it('is the digest when it was pushed', () => {
    const digest = `sha256:${'d'.repeat(64)}`;

    expect(describeEnd({ v: 1, kind: 'pushed', digest }, request, 'log')).toEqual({ kind: 'built', digest });
  });

  it.each([
    ['clone', 30, 'SourceNotFound'],
    ['clone', 31, 'AccessDenied'],
    ['clone', 39, 'Unavailable'],
    ['build', 10, 'BuildFailed'],
    ['build', 11, 'SourceNotFound'],
    ['build', 90, 'BuildInfrastructure'],
    ['push', 40, 'AccessDenied'],
    ['push', 41, 'AccessDenied'],
    ['push', 49, 'Unavailable'],
    ['build', 1, 'BuildInfrastructure'],
    ['clone', 10, 'BuildInfrastructure'],
    ['push', 137, 'BuildInfrastructure'],
  ] as const)('of step %s with code %i is %s', (step, code, type) => {
    expect(describeEnd(stopped(step, code), request, '')).toMatchObject({ kind: 'failed', type });
  });

  it('is out of disk where that is known, with the advice of the place where it ran', () => {
    const advice = { memory: 'More memory.', disk: 'More disk' };
    const plan = react;
    const outcomes = [{ outOfDisk: true }, { outOfMemory: true }].map((why) =>
      describeEnd(stopped('build', 10, why), { ...request, plan }, '', advice),
    );

    expect(outcomes).toEqual([
      { kind: 'failed', type: 'BuildOutOfDisk', message: expect.stringMatching(/More disk\.$/) },
      { kind: 'failed', type: 'BuildOutOfMemory', message: expect.stringMatching(/More memory\.$/) },
    ]);
  });

  it('is told to those who have a Dockerfile and to those who have none in their own words', () => {
    const log =
      'error creating build container: initializing source docker://a/b:1: reading manifest 1: manifest unknown';
    const told = (plan: typeof react | typeof request.plan, why: object = {}) =>
      describeEnd(stopped('build', 10, why), { ...request, plan }, log);

    expect(told(request.plan)).toMatchObject({ message: expect.stringContaining('Check the FROM lines;') });
    expect(told(react)).toMatchObject({ message: expect.stringContaining('Check SLIPWAY_FRONTEND_IMAGES;') });
    const full = { outOfDisk: true };
    expect(told(request.plan, full)).toMatchObject({ message: expect.stringContaining('with a .dockerignore.') });
    expect(told(react, full)).toMatchObject({ message: expect.not.stringContaining('.dockerignore') });
  });

  it('is out of time whatever the code says', () => {
    const outcome = describeEnd(stopped('build', 10, { timedOut: true }), request, 'no space left on device');

    expect(outcome).toMatchObject({ type: 'BuildTimedOut', message: expect.stringContaining('1800 s') });
  });

  it('is out of memory only where that is known', () => {
    const log = 'error: process "RUN npm ci" did not complete: exit code: 137';

    expect(describeEnd(stopped('build', 10, { outOfMemory: true }), request, log)).toMatchObject({
      type: 'BuildOutOfMemory',
    });
    expect(describeEnd(stopped('build', 10), request, log)).toMatchObject({ type: 'BuildFailed' });
  });

  it('is out of disk when the log says so', () => {
    const outcome = describeEnd(stopped('build', 10), request, 'write /layers/x: no space left on device');

    expect(outcome).toMatchObject({ type: 'BuildOutOfDisk', message: expect.stringContaining('Free space') });
  });

  it('names the secret and the namespace when access is denied', () => {
    expect(messageOf(stopped('clone', 31))).toMatch(/git-token.*namespace team/);
    expect(messageOf(stopped('push', 41))).toMatch(/registry-auth.*namespace team/);
  });
});

describe('the cause of a failed image build', () => {
  it.each([
    [
      'buildah',
      'error building at STEP "RUN npm run build": error while running runtime: exit status 2',
      'npm run build',
      '2',
    ],
    [
      'a later buildah',
      'Error: building at STEP "RUN echo "a: b" >&2; exit 3": exit status 3',
      'echo "a: b" >&2; exit 3',
      '3',
    ],
    [
      'BuildKit',
      'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2',
      '/bin/sh -c npm run build',
      '2',
    ],
  ])('is the command and its code, as %s prints them', (_engine, log, command, code) => {
    expect(messageOf(stopped('build', 10), log)).toContain(`the command \`${command}\` ended with code ${code}.`);
  });

  it.each([
    [
      'buildah',
      'Error: error building at STEP "COPY gone.txt /": checking on sources under "/x": copier: stat: "/gone.txt": no such file or directory',
    ],
    ['BuildKit', 'ERROR: failed to compute cache key: failed to calculate checksum of ref abc: "/gone.txt": not found'],
  ])('is the missing file, as %s prints it', (_engine, log) => {
    expect(messageOf(stopped('build', 10), log)).toContain('names /gone.txt, which is not in the build context');
  });

  it('is the registry that speaks plain http, as BuildKit prints it', () => {
    const log =
      'error: failed to solve: r:5000/b:1: failed to resolve source metadata for r:5000/b:1: failed to do request: Head "https://r:5000/v2/b/manifests/1": http: server gave HTTP response to HTTPS client';

    expect(messageOf(stopped('build', 10), log)).toContain('name it in SLIPWAY_REGISTRY_HTTP_HOSTS');
  });

  it.each([
    [
      'buildah',
      'Error: creating build container: initializing source docker://x/y:1: reading manifest 1 in x/y: manifest unknown: manifest unknown',
    ],
    [
      'buildah, unauthorized',
      'Error: creating build container: initializing source docker://x/y:1: reading manifest 1 in x/y: unauthorized',
    ],
    [
      'buildah, without a token',
      'Error: creating build container: initializing source docker://x/y:1: unable to retrieve auth token: invalid username/password: unauthorized',
    ],
    ['BuildKit', 'error: failed to solve: x/y:1: failed to resolve source metadata for x/y:1: x/y:1: not found'],
    [
      'BuildKit at Docker Hub',
      'error: failed to solve: x/y:1: failed to resolve source metadata for docker.io/x/y:1: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ],
    [
      'BuildKit, unauthorized',
      'error: failed to solve: x/y:1: failed to resolve source metadata for x/y:1: unexpected status from HEAD request to http://x/v2/y/manifests/1: 401 Unauthorized',
    ],
    [
      'BuildKit, without a token',
      'error: failed to solve: failed to fetch anonymous token: unexpected status from GET request to http://x/token?scope=repository%3Ay%3Apull&service=registry: 401 Unauthorized',
    ],
  ])('is the base image that cannot be pulled, as %s prints it', (_engine, log) => {
    expect(messageOf(stopped('build', 10), log)).toContain('a base image could not be pulled');
  });

  it('is the line that is no Dockerfile', () => {
    const log =
      'Dockerfile:2\n--------------------\nerror: failed to solve: dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)\n';

    expect(messageOf(stopped('build', 10), log)).toContain(
      'its line 2 is no valid Dockerfile: unknown instruction: FOO (did you mean FROM?).',
    );
  });

  it('is the command in the whole of what BuildKit prints', () => {
    const log = [
      '#5 [2/2] RUN echo the reason; exit 7',
      '#5 0.065 the reason',
      '#5 ERROR: process "/bin/sh -c echo the reason; exit 7" did not complete successfully: exit code: 7',
      '------',
      ' > [2/2] RUN echo the reason; exit 7:',
      '0.065 the reason',
      '------',
      'Dockerfile:2',
      '--------------------',
      '   1 |     FROM 10.244.0.1:5000/busybox:1',
      '   2 | >>> RUN echo the reason; exit 7',
      '   3 |     ',
      '--------------------',
      'error: failed to solve: process "/bin/sh -c echo the reason; exit 7" did not complete successfully: exit code: 7',
    ].join('\n');

    expect(messageOf(stopped('build', 10), log)).toContain(
      'the command `/bin/sh -c echo the reason; exit 7` ended with code 7.',
    );
  });

  it('is followed by the last lines', () => {
    expect(messageOf(stopped('build', 10), 'one\ntwo\n')).toMatch(/Last lines of the build log:\none\ntwo$/);
  });
});
