import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../../src/failures.ts';
import { readDescriptor } from '../../../../src/openchoreo/generate/descriptor.ts';
import { dialects } from '../../../../src/openchoreo/generate/dialect.ts';
import { newWorkload } from '../../../../src/openchoreo/generate/workload.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../../../src/openchoreo/yaml/write.ts';
import { json, mutationsOf, runs } from '../../../support/properties.ts';

const seed = `apiVersion: openchoreo.dev/v1alpha1
metadata: {name: greeter}
endpoints:
  - name: rest # the public one
    type: REST
    port: 9090
    visibility: [external]
connections:
  - {name: db, type: api, params: {component: orders}, inject: {env: [{name: URL, value: "{{ .url }}"}]}}
dependencies:
  endpoints: [{component: orders, name: api, visibility: project}]
configurations:
  env:
    - name: LEVEL
      value: 0755
    - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
  files:
    - name: motd
      mountPath: /etc/motd
      value: |
        hello
`;
const target = { namespace: 'default', project: 'shop', component: 'web', image: 'r/web:1' };

/** Reads a descriptor and makes a Workload of it, which can be written and read again, or fails in the one way that is allowed. */
function tryAll(text: string): void {
  for (const dialect of dialects) {
    try {
      const descriptor = readDescriptor(text, 'app/workload.yaml');
      const written = writeYaml(
        newWorkload(target, { path: 'app/workload.yaml', descriptor, files: new Map() }, dialect),
      );
      expect(writeYaml(parseYaml(written, 'x')[0])).toBe(written);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      expect(error.type).toBe('DescriptorInvalid');
      expect(error.message).toContain('app/workload.yaml: ');
    }
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
}

describe('a descriptor', () => {
  it('is read, or DescriptorInvalid with its path, however it is broken', () => {
    fc.assert(fc.property(mutationsOf(seed), tryAll), runs(300));
  });

  it('is read, or DescriptorInvalid with its path, when it ends too early', () => {
    fc.assert(
      fc.property(fc.nat(seed.length), (length) => tryAll(seed.slice(0, length))),
      runs(100),
    );
  });

  it('is read, or DescriptorInvalid with its path, whatever its fields hold', () => {
    const field = fc.constantFrom(
      'endpoints',
      'connections',
      'dependencies',
      'configurations',
      'metadata',
      '__proto__',
      'constructor',
    );
    const fields = fc.array(fc.tuple(field, json.value), { maxLength: 4 });
    fc.assert(
      fc.property(fields, (entries) => tryAll(writeYaml(Object.fromEntries(entries)))),
      runs(200),
    );
  });
});
