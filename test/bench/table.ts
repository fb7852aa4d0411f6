import { type Row, type Section, spreadOf, verdict } from './section.ts';

/** The sections as text for people. */
export function toTable(sections: readonly Section[]): string {
  const rows = sections.flatMap((section) => section.rows);
  const width = Math.max(...rows.map(({ what, unit }) => `${what}, ${unit}`.length));
  return sections.map((section) => sectionText(section, width)).join('\n\n');
}

function sectionText({ title, rows, notes }: Section, width: number): string {
  const head = [title.padEnd(width), ...['median', 'min', 'max'].map((name) => name.padStart(9)), '  n'].join(' ');
  return [
    ...(rows.length > 0 ? [head, '-'.repeat(head.length), ...rows.map((row) => rowText(row, width))] : [title]),
    ...notes.map((note) => `  ${note}`),
  ].join('\n');
}

function rowText(row: Row, width: number): string {
  const { what, unit, samples, note } = row;
  const spread = spreadOf(samples);
  const numbers = spread ? [spread.median, spread.min, spread.max].map(number) : ['–', '–', '–'];
  return [
    (unit === 'count' ? what : `${what}, ${unit}`).padEnd(width),
    ...numbers.map((text) => text.padStart(9)),
    String(samples.length).padStart(3),
    [verdictText(row), note].filter(Boolean).join('; '),
  ]
    .join(' ')
    .trimEnd();
}

function verdictText(row: Row): string {
  switch (verdict(row)) {
    case 'none':
      return '';
    case 'kept':
      return `≤ ${row.most}`;
    case 'over':
      return `over ${row.most}, on this machine`;
    case 'broken':
      return `BROKEN: at most ${row.most}`;
  }
}

function number(value: number): string {
  return Number.isInteger(value) || value >= 1000 ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1);
}
