import { describe, expect, it } from 'vitest';
import { changeField, parseFieldChange } from '../../../src/cli/change-run.ts';

const set = (run: unknown, argument: string) => changeField(run, parseFieldChange(argument));

describe('changeField', () => {
  it('sets a field and makes the mappings on the way to it', () => {
    const run = { spec: { a: 1 } };
    expect(set(run, 'spec.workflow.parameters.docker.filePath=./Dockerfile')).toEqual({
      spec: { a: 1, workflow: { parameters: { docker: { filePath: './Dockerfile' } } } },
    });
    expect(run).toEqual({ spec: { a: 1 } });
  });

  it.each([
    ['true', true],
    ['3', 3],
    ['["a", 1]', ['a', 1]],
    ['"3"', '3'],
    ['1.20', '1.20'],
    ['007', '007'],
    ['a=b', 'a=b'],
    ['', ''],
  ])('takes %s as JSON where it is JSON, else as text', (text, value) => {
    expect(set({}, `spec.x=${text}`)).toEqual({ spec: { x: value } });
  });

  it('takes a value as text where text was, for the commit and in metadata', () => {
    expect(set({ spec: { x: 'old' } }, 'spec.x=3')).toEqual({ spec: { x: '3' } });
    expect(set({}, 'metadata.annotations["slipway.dev/no-cache"]=true')).toEqual({
      metadata: { annotations: { 'slipway.dev/no-cache': 'true' } },
    });
    const commit = 'spec.workflow.systemParameters.repository.revision.commit';
    expect(JSON.stringify(set({}, `${commit}=1234567`))).toContain('"commit":"1234567"');
  });

  it.each(['x', 'x=1', 'kind=Run', 'spec=1', 'spec..a=1', 'spec.a b=1', 'spec.a[0]=1', '=1'])(
    'refuses %s, which is no path and value',
    (argument) => {
      expect(() => parseFieldChange(argument)).toThrow(`--set ${argument}: give path=value`);
    },
  );

  it('refuses a way through something that is no mapping', () => {
    expect(() => set({ spec: { a: 'text' } }, 'spec.a.b=1')).toThrow(
      '--set spec.a.b: spec.a is no mapping in this run',
    );
  });

  it('sets a field of a name like __proto__ as any other', () => {
    const changed = set({}, 'spec.__proto__.polluted=1');
    expect(JSON.stringify(changed)).toBe('{"spec":{"__proto__":{"polluted":1}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
