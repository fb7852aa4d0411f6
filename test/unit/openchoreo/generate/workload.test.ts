import { describe, expect, it } from 'vitest';
import { readDescriptor } from '../../../../src/openchoreo/generate/descriptor.ts';
import { newWorkload, withImage } from '../../../../src/openchoreo/generate/workload.ts';
import { Workload } from '../../../../src/openchoreo/kinds/workload.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../../../src/openchoreo/yaml/write.ts';

const target = { namespace: 'default', project: 'shop', component: 'web', image: 'r/web:1' };
const written = (value: unknown) => parseYaml(writeYaml(value), 'x')[0];
const specOf = (descriptor: string, files: Readonly<Record<string, string>> = {}) =>
  written(
    newWorkload(target, {
      path: 'app/w.yaml',
      descriptor: readDescriptor(descriptor, 'app/w.yaml'),
      files: new Map(Object.entries(files)),
    }).spec,
  );

describe('newWorkload', () => {
  it('prefers a secret over a value and a file over a value', () => {
    const descriptor = `
configurations:
  env:
    - {name: PW, value: x, valueFrom: {secretKeyRef: {name: db, key: pw}}}
    - {name: EMPTY, value: ""}
  files:
    - {name: a, mountPath: /a, value: v, valueFrom: {path: a.txt}}
    - {name: b, mountPath: /b, valueFrom: {path: a.txt, secretKeyRef: {name: s, key: k}}}
`;
    expect(specOf(descriptor, { 'app/a.txt': 'hello\n' })).toMatchObject({
      container: {
        image: 'r/web:1',
        env: [{ key: 'PW', valueFrom: { secretRef: { name: 'db', key: 'pw' } } }, { key: 'EMPTY' }],
        files: [
          { key: 'a', mountPath: '/a', value: 'hello\n' },
          { key: 'b', mountPath: '/b', valueFrom: { secretRef: { name: 's', key: 'k' } } },
        ],
      },
    });
  });

  it('lets the last endpoint and connection of a name win', () => {
    const spec = specOf(
      'endpoints: [{name: a, port: 1}, {name: a, port: 2}]\nconnections: [{name: c, type: x}, {name: c, type: api}]',
    );
    expect(spec).toMatchObject({
      endpoints: { a: { port: 2, type: '' } },
      connections: { c: { type: 'api', inject: { env: [] } } },
    });
  });
});

describe('withImage', () => {
  it('normalises as the original tool does', () => {
    const workload = Workload.parse(
      parseYaml(
        `
apiVersion: openchoreo.dev/v1alpha1
kind: Workload
metadata: {name: w1, labels: {a: b}}
spec:
  owner: {projectName: shop, componentName: web}
  container: {image: old:1, args: [], env: [{key: E, value: ""}]}
  endpoints: {http: {type: HTTP, port: 80, targetPort: 0, x: 1}}
  connections: {c: {type: api}}
`,
        'w.yaml',
      )[0],
    );
    expect(written(withImage(workload, 'new:2'))).toEqual({
      apiVersion: 'openchoreo.dev/v1alpha1',
      kind: 'Workload',
      metadata: { name: 'w1' },
      spec: {
        owner: { projectName: 'shop', componentName: 'web' },
        container: { image: 'new:2', env: [{ key: 'E' }] },
        endpoints: { http: { type: 'HTTP', port: 80 } },
        connections: { c: { type: 'api', inject: { env: null } } },
      },
    });
  });
});
