import { describe, expect, it } from 'vitest';
import { buildExitCode, cloneExitCode, pushExitCode } from '../../../src/builds/engine-trouble.ts';

describe("the build step's code", () => {
  it.each([
    'error creating build container: initializing source docker://r/b:1: pinging container registry r: dial tcp: lookup r: no such host',
    'creating build container: initializing source docker://r/b:1: reading manifest: toomanyrequests: You have reached your limit',
    'ERROR: failed to do request: Head "https://r/v2/": dial tcp 10.0.0.1:443: i/o timeout',
    'error: failed to solve: r:1/b:1: failed to resolve source metadata for r:1/b:1: failed to do request: Head "https://r:1/v2/b/manifests/1": dial tcp 10.0.0.1:1: connect: connection refused',
    'error: failed to solve: DeadlineExceeded: r/b:1: failed to resolve source metadata for r/b:1: failed to do request: Head "http://r/v2/b/manifests/1": dial tcp 10.0.0.1:80: i/o timeout',
    'error: failed to solve: failed to fetch anonymous token: unexpected status from GET request to https://r/token?service=r: 503 Service Unavailable',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock',
    'error: listing workers for Build: failed to list workers: Unavailable: connection error: desc = "transport: Error while dialing: dial unix /run/b.sock: connect: no such file or directory"',
    'error: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
  ])('is 90 for trouble that may pass: %s', (log) => {
    expect(buildExitCode(log)).toBe(90);
  });

  it.each([
    'STEP 2/2: RUN curl http://r\ncurl: (7) connection refused\nError: error building at STEP "RUN curl http://r": exit status 7',
    'creating build container: initializing source docker://r/b:1: reading manifest 1 in r/b: manifest unknown',
    'error: failed to solve: r/b:1: failed to resolve source metadata for r/b:1: r/b:1: not found',
    '#5 0.1 error: failed to receive status: rpc error: code = Unavailable desc = EOF\nerror: failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: 1',
  ])("is 10 for what the user's build did: %s", (log) => {
    expect(buildExitCode(log)).toBe(10);
  });
});

describe("the clone step's code", () => {
  it.each([
    ["fatal: Authentication failed for 'https://git.example/a.git/'", 31],
    ["fatal: could not read Username for 'https://git.example': terminal prompts disabled", 31],
    ['fatal: remote error: upload-pack: not our ref aaaa', 30],
    ["fatal: repository 'https://git.example/a.git/' not found", 30],
    ['fatal: unable to access: Could not resolve host: git.example', 39],
  ])('for %s is %i', (log, code) => {
    expect(cloneExitCode(log)).toBe(code);
  });
});

describe("the push step's code", () => {
  it.each([
    ['unauthorized: authentication required', 40],
    ['denied: requested access to the resource is denied', 41],
    ['unexpected status: 403 Forbidden', 41],
    ['dial tcp 10.0.0.1:443: connect: connection refused', 49],
    ['pinging registry: 127.0.0.1:34014: connection reset', 49],
  ])('for %s is %i', (log, code) => {
    expect(pushExitCode(log)).toBe(code);
  });
});
