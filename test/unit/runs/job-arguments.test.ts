import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jobArguments, readJobPlace } from '../../../src/runs/job-arguments.ts';

const JobArguments = z.object(jobArguments);

const scope = {
  metadata: { workflowRunName: 'r', namespaceName: 'acme', projectName: 'p', componentName: 'c', namespace: '' },
  systemParameters: {},
  parameters: {},
  secretRef: { name: '', type: '', data: [] },
};

describe('the arguments about a Job', () => {
  it('have defaults', () => {
    expect(JobArguments.parse({})).toEqual({
      'slipway-cpu': '1',
      'slipway-memory': '2Gi',
      'slipway-storage': '10Gi',
      'slipway-node-selector': {},
      'slipway-tolerations': [],
      'slipway-image-pull-secrets': [],
    });
  });

  it.each(['kubernetes.io/arch=amd64, pool=builds', '{"kubernetes.io/arch":"amd64","pool":"builds"}'])(
    'read a node selector from %j',
    (text) => {
      const given = JobArguments.parse({ 'slipway-node-selector': text });
      expect(given['slipway-node-selector']).toEqual({ 'kubernetes.io/arch': 'amd64', pool: 'builds' });
    },
  );

  it('read tolerations and the names of pull secrets', () => {
    const given = JobArguments.parse({
      'slipway-tolerations': '[{"key":"builds","operator":"Exists","effect":"NoSchedule"}]',
      'slipway-image-pull-secrets': 'mirror, other',
    });
    expect(given['slipway-tolerations']).toEqual([{ key: 'builds', operator: 'Exists', effect: 'NoSchedule' }]);
    expect(given['slipway-image-pull-secrets']).toEqual(['mirror', 'other']);
  });

  it.each([
    ['slipway-cpu', '0'],
    ['slipway-cpu', '2 cores'],
    ['slipway-cpu', '-1'],
    ['slipway-memory', '2'],
    ['slipway-memory', '2GB'],
    ['slipway-memory', '0Gi'],
    ['slipway-storage', 'lots'],
    ['slipway-node-selector', 'pool'],
    ['slipway-node-selector', 'a b=c'],
    ['slipway-node-selector', '{"a":1}'],
    ['slipway-tolerations', 'builds'],
    ['slipway-tolerations', '[{"keys":"builds"}]'],
    ['slipway-image-pull-secrets', 'Mirror'],
  ])('refuse %s: %s', (name, value) => {
    expect(JobArguments.safeParse({ [name]: value }).error?.issues[0]?.path).toEqual([name]);
  });
});

describe('readJobPlace', () => {
  it('reads namespace and service account of a run template', () => {
    const metadata = ['metadata', 'namespaceName'].join('.');
    const template = { metadata: { namespace: `builds-\${${metadata}}` }, spec: { serviceAccountName: 'builder' } };
    expect(readJobPlace(template, scope)).toEqual({
      namespace: 'builds-acme',
      serviceAccount: 'builder',
      problems: [],
    });
  });

  it('leaves open what the template does not say', () => {
    expect(readJobPlace({ spec: {} }, scope)).toEqual({ namespace: null, serviceAccount: null, problems: [] });
  });

  it.each([
    [{ metadata: { namespace: 'Not/One' } }, 'spec.runTemplate.metadata.namespace'],
    [{ spec: { serviceAccountName: ['a'] } }, 'spec.runTemplate.spec.serviceAccountName'],
  ])('says where %j is no name', (template, path) => {
    expect(readJobPlace(template, scope).problems).toEqual([{ path, message: 'must be the name of a resource' }]);
  });
});
