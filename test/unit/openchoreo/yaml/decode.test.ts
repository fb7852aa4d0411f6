import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../../src/openchoreo/yaml/decode.ts';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';

describe('decodeText', () => {
  it('reads UTF-8, the replacement character included', () => {
    expect(parseYaml(decodeText(Buffer.from('a: é\ufffd😀')), 'x')).toEqual([{ a: 'é\ufffd😀' }]);
  });

  it('marks what is not UTF-8, which no reader takes', () => {
    const text = decodeText(Buffer.from('a: 1\nb: caf\xe9\n', 'latin1'));
    expect(() => parseYaml(text, 'x.yaml')).toThrow('x.yaml: line 2: there are bytes that are not UTF-8');
  });
});
