import { beforeEach, expect, it } from 'vitest';
import type { KubernetesPlane } from '../../../../src/planes/kubernetes/kubernetes-plane.ts';
import { namedPlanes } from '../../../../src/planes/kubernetes/named-planes.ts';
import { usualRequest } from '../../../support/job-parts.ts';

let calls: string[];
const recorded = (name: string, sweep = async () => 1): KubernetesPlane => ({
  async build() {
    calls.push(`build ${name}`);
    return { kind: 'built', digest: name };
  },
  async cancel() {
    calls.push(`cancel ${name}`);
  },
  sweep,
});
const options = { signal: new AbortController().signal, onProgress: () => {} };
const at = (plane: string | undefined) => ({ ...usualRequest, job: { ...usualRequest.job, plane } });

beforeEach(() => {
  calls = [];
});

it('a build is made and ended on the plane of its plan', async () => {
  const planes = namedPlanes(recorded('usual'), new Map([['east', recorded('east')]]));
  await planes.build(at(undefined), options);
  await planes.build(at('east'), options);
  await planes.cancel(usualRequest.id, at('east').job);
  expect(calls).toEqual(['build usual', 'build east', 'cancel east']);
});

it('a plane that this worker does not know is waited for, as another worker may know it', async () => {
  const planes = namedPlanes(recorded('usual'), new Map());
  const refusal = { type: 'Unavailable', message: expect.stringContaining('SLIPWAY_BUILD_PLANES') };
  await expect(planes.build(at('east'), options)).rejects.toMatchObject(refusal);
  await expect(planes.cancel(usualRequest.id, at('east').job)).rejects.toMatchObject(refusal);
});

it('a sweep looks through all planes, also where one is away', async () => {
  const all = async () => true;
  expect(await namedPlanes(recorded('usual'), new Map([['east', recorded('east')]])).sweep(all)).toBe(2);
  let swept = 0;
  const east = recorded('east', async () => {
    swept += 1;
    return 1;
  });
  const away = recorded('usual', () => Promise.reject(new Error('away')));
  await expect(namedPlanes(away, new Map([['east', east]])).sweep(all)).rejects.toThrow('away');
  expect(swept).toBe(1);
});
