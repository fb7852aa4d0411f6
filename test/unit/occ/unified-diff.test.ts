import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../../src/occ/unified-diff.ts';

const lines = (...texts: string[]) => `${texts.join('\n')}\n`;

describe('unifiedDiff', () => {
  it('is empty where nothing changes', () => {
    expect(unifiedDiff({ path: 'a', text: 'x\n', before: 'x\n' })).toBe('');
  });

  it('shows a new file whole', () => {
    expect(unifiedDiff({ path: 'a', text: lines('x', 'y'), before: null })).toBe(
      lines('--- /dev/null', '+++ a', '@@ -0,0 +1,2 @@', '+x', '+y'),
    );
  });

  it('shows three lines around each change', () => {
    const before = lines('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12');
    const text = before.replace('2\n', 'two\n').replace('11\n', '');
    expect(unifiedDiff({ path: 'a', text: text.replace('12\n', '12\n13\n'), before })).toBe(
      lines(
        '--- a',
        '+++ a',
        '@@ -1,5 +1,5 @@',
        ' 1',
        '-2',
        '+two',
        ' 3',
        ' 4',
        ' 5',
        '@@ -8,5 +8,5 @@',
        ' 8',
        ' 9',
        ' 10',
        '-11',
        ' 12',
        '+13',
      ),
    );
  });
});
