import { describe, expect, it } from 'vitest';
import { frontendCause, packageManagerProblem } from '../../../../src/builds/react/frontend-cause.ts';

const buildah = (log: string, command: string, code: number) =>
  `${log}\nError: building at STEP "RUN ${command}": while running runtime: exit status ${code}\n`;
const buildStep = '["/bin/sh", "-e", "/slipway/build-command"]';
const collect = '["/bin/sh", "/slipway/collect"]';

describe('frontendCause', () => {
  it.each([
    [64, "the output folder 'build' does not exist after the build; the application's folder holds: dist/"],
    [65, "the output folder 'build' is empty after the build"],
    [66, "the output folder '../x' is /x, which is not inside the application (/app)"],
  ])('says what the check of the output folder found, code %i', (code, said) => {
    const log = buildah(`slipway: ${said}`, collect, code);

    expect(frontendCause(log, 'npm run build')).toContain(said.split('\n')[0]);
    expect(frontendCause(log, 'npm run build')).toContain('Check react.outputDir');
  });

  it('reads it from BuildKit, too', () => {
    const log = `#15 0.120 slipway: the output folder 'build' is empty after the build
ERROR: process "/bin/sh /slipway/collect" did not complete successfully: exit code: 65`;

    expect(frontendCause(log, 'npm run build')).toContain("the output folder 'build' is empty");
  });

  it('is not misled by a build command that ends with the code of the check', () => {
    const log = buildah('slipway: not us', buildStep, 64);

    expect(frontendCause(log, 'make site')).toBe(
      "the build command `make site` ended with code 64. It is react.buildCommand (parameter build-command) and runs in the application's folder.",
    );
  });

  it('names the first line of a long build command', () => {
    expect(frontendCause(buildah('src/main.ts(1,1): error TS2304', buildStep, 2), 'tsc\nvite build')).toMatch(
      /^the build command `tsc …` ended with code 2/,
    );
  });

  it.each([
    [
      'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync',
      'lock file',
    ],
    ['error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.', 'lock file'],
    ['➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.', 'lock file'],
    [' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"', 'lock file'],
    ['error: lockfile had changes, but lockfile is frozen', 'lock file'],
    ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'SLIPWAY_CA_FILE'],
    ['npm error code DEPTH_ZERO_SELF_SIGNED_CERT', 'SLIPWAY_CA_FILE'],
    ['npm error code E401', 'it is private'],
    ['npm error code E404', 'is not in the package registry'],
    ['npm error code ETARGET', 'is not in the package registry'],
    ['npm error code ECONNREFUSED', 'could not be reached'],
    ['error tiny@1.0.0: The engine "node" is incompatible with this module.', 'react.nodeVersion'],
    ['ERROR: This version of pnpm requires at least Node.js v18.12', 'react.nodeVersion'],
    ['Usage Error: This tool requires a Node version compatible with >=18.12.0 (got 16.20.2).', 'react.nodeVersion'],
    ['You are using Node.js 18.20.8. Vite requires Node.js version 20.19+ or 22.12+.', 'react.nodeVersion'],
    ['Error: error:0308010C:digital envelope routines::unsupported ERR_OSSL_EVP_UNSUPPORTED', 'react.nodeVersion'],
    ['npm error Missing script: "build"', 'react.buildCommand'],
    ["Error: Cannot find module 'left-pad'", 'listed in package.json'],
    ['sh: 1: tiny-bundle: not found', 'listed in package.json'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'max-old-space-size'],
  ])('knows %j', (line, said) => {
    expect(frontendCause(buildah(line, 'npm', 1), 'npm run build')).toContain(said);
  });

  it('knows nothing of other logs', () => {
    expect(frontendCause(buildah('something else', 'make', 2), 'npm run build')).toBeUndefined();
  });
});

describe('packageManagerProblem', () => {
  it('is the last thing that the build step said', () => {
    expect(packageManagerProblem('=== build ===\nslipway: there is no package.json in the folder web.\n')).toBe(
      'there is no package.json in the folder web.',
    );
  });
});
