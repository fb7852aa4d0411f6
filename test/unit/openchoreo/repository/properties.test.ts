import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recogniseText, recogniseValue } from '../../../../src/openchoreo/repository/recognise.ts';
import { readLeniently } from '../../../../src/openchoreo/yaml/read.ts';
import { mutationsOf, runs } from '../../../support/properties.ts';

const workload = `apiVersion: openchoreo.dev/v1alpha1
kind: Workload
metadata:
  name: web
  namespace: default
  labels: {name: x}
spec:
  owner:
    projectName: shop
    componentName: web
  container:
    image: x
`;

describe('recogniseText', () => {
  it('says what parsing says, or nothing, of any file', () => {
    fc.assert(
      fc.property(mutationsOf(workload), (file) => {
        const byText = recogniseText(file);
        const { documents, unreadable } = readLeniently(file, 'x.yaml');
        // What cannot be read is found out when it is.
        fc.pre(byText !== 'unclear' && unreadable.length === 0);
        expect(documents.map(({ value }) => recogniseValue(value)).filter(Boolean)).toEqual(byText ? [byText] : []);
      }),
      runs(300),
    );
  });
});
