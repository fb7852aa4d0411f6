import { describe, expect, it } from 'vitest';
import { checkExpression, evaluateExpression } from '../../../../src/openchoreo/workflow/expression.ts';

const scope = {
  parameters: { text: 'Hello World', count: 3, ratio: 1.5, tags: ['c', 'a', 'b', 'a'], long: `${'a'.repeat(5000)}!` },
};

function evaluate(body: string): unknown {
  checkExpression(body);
  return evaluateExpression(body, scope);
}

describe('what OpenChoreo has beside the usual CEL', () => {
  it.each([
    ['parameters.text.charAt(1) + parameters.text.charAt(11)', 'e'],
    ['parameters.text.reverse()', 'dlroW olleH'],
    ['parameters.text.replace("l", "$&")', 'He$&$&o Wor$&d'],
    ['parameters.text.replace("l", "L", 1)', 'HeLlo World'],
    ['parameters.text.replace("l", "L", -1)', 'HeLLo WorLd'],
    ['parameters.text.matches("^H.*d$")', true],
    ['parameters.tags.slice(1, 3)', ['a', 'b']],
    ['parameters.tags.distinct()', ['c', 'a', 'b']],
    ['parameters.tags.sort()', ['a', 'a', 'b', 'c']],
    ['[2, 1.5, 10].sort()', [1.5, 2, 10]],
    ['parameters.tags.reverse()', ['a', 'b', 'a', 'c']],
    ['[[1], [2, 3]].flatten()', [1, 2, 3]],
    ['lists.range(3)', [0, 1, 2]],
    ['sets.contains(parameters.tags, ["a", "b"])', true],
    ['sets.equivalent([1, 1.0], [1])', true],
    ['sets.intersects([1], [2])', false],
    ['math.greatest(parameters.count, 2, 1.5)', 3],
    ['math.least([parameters.ratio, 2])', 1.5],
    ['math.abs(-3) + math.abs(parameters.count)', 6],
    ['math.round(-1.5) + math.ceil(1.2) + math.floor(1.8) + math.trunc(-1.8)', 0],
    ['base64.encode(bytes("hello"))', 'aGVsbG8='],
    ['string(base64.decode("aGVsbG8="))', 'hello'],
    ['parameters.count * 0.5 + parameters.ratio * 2 - 1', 3.5],
  ])('%s', (body, value) => {
    expect(evaluate(body)).toEqual(value);
  });

  it.each([
    ['parameters.text.charAt(12)', 'there is no letter 12'],
    ['parameters.tags.slice(3, 9)', 'there are no items 3 to 9'],
    ['[1, "a"].sort()', 'all be texts or all be numbers'],
    ['math.greatest("a", 1)', 'take numbers'],
    ['base64.decode("!")', 'the text is not base64'],
    ['lists.range(100000)', '1000 at most'],
    ['parameters.text.matches("(?=x)")', 'which knows no lookahead'],
    ['parameters.text + 1', 'no such overload'],
  ])('%s is refused with its reason', (body, message) => {
    expect(() => evaluate(body)).toThrow(message);
  });

  it('matches a pattern quickly that would keep a backtracking engine busy for years', () => {
    expect(evaluate('parameters.long.matches("^(a+)+$")')).toBe(false);
    expect(evaluate("'.matches(' + parameters.text")).toBe('.matches(Hello World');
  });
});
