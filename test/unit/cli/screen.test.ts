import { describe, expect, it } from 'vitest';
import { type Out, paint, streamOut } from '../../../src/cli/out.ts';
import { openScreen } from '../../../src/cli/screen.ts';

function record(columns?: number, colours = false) {
  const written: string[] = [];
  const out: Out = { write: (text) => void written.push(text), columns, colours };
  return { out, written };
}

/** What a terminal shows after all that was written: only "up n lines and erase below" is understood. */
function shown(written: readonly string[]): string[] {
  const lines: string[] = [];
  for (const text of written) {
    const up = text.startsWith(`\x1b[`) ? Number.parseInt(text.slice(2), 10) : undefined;
    if (up === undefined) lines.push(...text.replace(/\n$/, '').split('\n'));
    else lines.length -= up;
  }
  return lines;
}

describe('openScreen', () => {
  it('keeps one line for each unfinished task below what stays on a terminal', () => {
    const { out, written } = record(80);
    const screen = openScreen(out, () => 0);

    screen.task({ task: 'a', state: 'working', text: 'one' });
    screen.task({ task: 'b', state: 'working', text: 'two' });
    screen.print('a text\nthat stays');
    screen.task({ task: 'a', state: 'working', text: 'three' });
    expect(shown(written)).toEqual(['a text', 'that stays', '… a: 0 s, three', '… b: 0 s, two']);

    screen.task({ task: 'a', state: 'done', text: 'found' });
    expect(shown(written)).toEqual(['a text', 'that stays', '✓ a: found', '… b: 0 s, two']);

    screen.close();
    expect(shown(written)).toEqual(['a text', 'that stays', '✓ a: found']);
  });

  it('cuts a line that would wrap', () => {
    const { out, written } = record(20);
    const screen = openScreen(out, () => 0);

    screen.task({ task: 'long', state: 'working', text: 'x'.repeat(100) });
    screen.close();

    expect(Math.max(...written.map((text) => text.trimEnd().length))).toBe(19);
  });

  it('writes plain lines only where there is no terminal', () => {
    const { out, written } = record();
    const screen = openScreen(out, () => 0);

    screen.task({ task: 'a', state: 'working', text: 'one' });
    screen.task({ task: 'a', state: 'failed', text: 'broken' });
    screen.print('end');
    screen.close();

    expect(written.join('')).toBe('… a: one\n✗ a: broken\nend\n');
  });
});

describe('streamOut', () => {
  const stream = (isTTY: boolean) => ({ isTTY, columns: 100, write: () => true }) as unknown as NodeJS.WriteStream;

  it('has columns and colours on terminals only, and no colours with NO_COLOR', () => {
    expect(streamOut(stream(true), {})).toMatchObject({ columns: 100, colours: true });
    expect(streamOut(stream(true), { NO_COLOR: '1' })).toMatchObject({ columns: 100, colours: false });
    expect(streamOut(stream(true), { TERM: 'dumb' })).toMatchObject({ columns: undefined, colours: false });
    expect(streamOut(stream(false), {})).toMatchObject({ columns: undefined, colours: false });
  });

  it('paints only where there are colours', () => {
    expect(paint(record(80, true).out, 'red', 'x')).toBe('\x1b[31mx\x1b[0m');
    expect(paint(record(80).out, 'red', 'x')).toBe('x');
  });
});
