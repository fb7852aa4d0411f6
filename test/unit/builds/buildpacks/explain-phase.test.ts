import { describe, expect, it } from 'vitest';
import { explainPhase, finalPhaseCodes } from '../../../../src/builds/buildpacks/explain-phase.ts';
import type { Phase } from '../../../../src/builds/buildpacks/phases.ts';

const request = {
  builderImage: 'h.example/builder:1',
  app: 'web',
  image: { registry: 'h.example', name: 'shop/api' },
  namespace: 'default',
};
const explain = (phase: Phase, code: number, log = '') => explainPhase(phase, code, request, log);

describe('explainPhase', () => {
  it('says which buildpacks were tried when none fits, and which files they look for', () => {
    const log = [
      '======== Results ========',
      'skip: google.config.entrypoint@0.9.0',
      '[detector] fail: google.nodejs.npm@1.1.0',
      'fail: example/go@1.0.0',
      'err:  example/broken@0.1.0',
      'fail: google.nodejs.npm@1.1.0',
      'ERROR: No buildpack groups passed detection.',
    ].join('\n');
    expect(explain('detect', 20, log)).toEqual({
      type: 'BuildFailed',
      text: 'No buildpack of h.example/builder:1 fits web. Tried: google.nodejs.npm@1.1.0, example/go@1.0.0, example/broken@0.1.0. They look for files such as package.json; go.mod or *.go. Check the parameter app-path, include and exclude of project.toml, and that the builder image is made for the language.',
    });
    expect(explain('detect', 21, log).text).toContain('fits web, and at least one broke while it looked. Tried:');
    expect(explain('detect', 20).text).toContain('fits web. Check the parameter app-path');
  });

  it('names the buildpack that failed where the log does', () => {
    const log = 'installing\nERROR: builder: buildpack example/fails@1.0.0 failed: exit status 7';
    expect(explain('build', 51, log)).toEqual({
      type: 'BuildFailed',
      text: 'The buildpack example/fails@1.0.0 of h.example/builder:1 failed while it built web.',
    });
    expect(explain('build', 51, 'exit status 7').text).toMatch(/^A buildpack of/);
  });

  it.each([
    ['analyze', 11, '', 'BuildFailed', 'platform API'],
    ['detect', 12, '', 'BuildFailed', 'buildpack API'],
    ['analyze', 32, 'ERROR: validating registry write access: UNAUTHORIZED: ...', 'AccessDenied', 'registry-auth'],
    ['export', 62, 'PUT https://h.example: unexpected status code 403 Forbidden', 'AccessDenied', 'h.example/shop/api'],
    ['analyze', 32, 'GET https://h.example/v2/run/manifests/1: MANIFEST_UNKNOWN', 'BuildFailed', 'run image'],
    ['export', 62, 'tls: x509: certificate signed by unknown authority', 'Unavailable', 'SLIPWAY_CA_FILE'],
    ['analyze', 32, 'dial tcp: connection refused', 'BuildInfrastructure', 'could not reach a registry (code 32)'],
    ['export', 62, 'open /layers/a/secret: permission denied', 'BuildInfrastructure', 'code 62'],
    ['restore', 42, '', 'BuildInfrastructure', 'code 42'],
    ['build', 52, '', 'BuildInfrastructure', 'code 52'],
    ['export', 62, '', 'BuildInfrastructure', 'code 62'],
    ['analyze', 20, '', 'BuildInfrastructure', 'code 20'],
  ] as const)('takes %s ending with %i and %j for %s', (phase, code, log, type, said) => {
    const found = explain(phase, code, log);
    expect(found.type).toBe(type);
    expect(found.text).toContain(said);
  });

  it("does not take a user's output for the registry's word", () => {
    expect(explain('build', 52, 'npm: 403 Forbidden UNAUTHORIZED').type).toBe('BuildInfrastructure');
  });

  it('gives another try only to what another try can help', () => {
    for (const [phase, codes] of Object.entries(finalPhaseCodes)) {
      for (const code of codes) expect(explain(phase as Phase, code).type).toBe('BuildFailed');
    }
  });
});
