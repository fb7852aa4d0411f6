import { describe, expect, it } from 'vitest';
import {
  variableAnnotations,
  variableSecrets,
  variablesVolume,
} from '../../../../../src/planes/kubernetes/buildpacks/variables.ts';

const variables = [
  { name: '_A_', value: ' "x", $(HOME) $$ =\n' },
  { name: 'B', value: '' },
];
const large = [
  { name: 'A', value: 'ä'.repeat(64 * 1024) },
  { name: 'B', value: '!' },
];

describe('variables', () => {
  it('are annotations as they are, and files by their names', () => {
    expect(variableAnnotations(variables)).toEqual({
      'variables.slipway.dev/0': ' "x", $(HOME) $$ =\n',
      'variables.slipway.dev/1': '',
    });
    expect(variableSecrets(variables)).toEqual({});
    expect(variablesVolume('v', variables, 's')).toEqual({
      name: 'v',
      downwardAPI: {
        items: [
          { path: '_A_', fieldRef: { fieldPath: "metadata.annotations['variables.slipway.dev/0']" } },
          { path: 'B', fieldRef: { fieldPath: "metadata.annotations['variables.slipway.dev/1']" } },
        ],
      },
    });
  });

  it("are keys of the Job's Secret when they are too large together", () => {
    expect(variableAnnotations(large)).toEqual({});
    expect(Object.keys(variableSecrets(large))).toEqual(['variable-0', 'variable-1']);
    expect(variablesVolume('v', large, 's')).toEqual({
      name: 'v',
      secret: {
        secretName: 's',
        items: [
          { key: 'variable-0', path: 'A' },
          { key: 'variable-1', path: 'B' },
        ],
        defaultMode: 0o444,
      },
    });
  });
});
