import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const runbook = readFileSync('deploy/README.md', 'utf8');
const found = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([whole, part]) => part ?? whole)),
];
const headingsOf = (text: string) =>
  found(text, /^#+ (.+)$/gm).map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the runbook', () => {
  it('names only settings that there are', () => {
    const known = found(readFileSync('README.md', 'utf8'), /SLIPWAY_[A-Z_]+/g);

    expect(found(runbook, /SLIPWAY_[A-Z_]+/g).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('names only commands that there are', () => {
    const commands = found(readFileSync('src/cli.ts', 'utf8'), /^ {2}'?([a-z]+(?: [a-z]+)?)'?: \{$/gm);
    const named = found(
      runbook,
      /(?:^\s*|`|true )slipway ((?:run|webhook|delivery|workflow|workload) [a-z]+|[a-z]+)/gm,
    );

    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !commands.includes(name))).toEqual([]);
  });

  it('points only to headings and files that there are', () => {
    const headings = headingsOf(runbook);

    expect(found(runbook, /\]\(#([^)]+)\)/g).filter((anchor) => !headings.includes(anchor))).toEqual([]);
    const files = found(runbook, /`((?:deploy|src|test)\/[\w./-]+)`/g).concat(
      found(runbook, /\]\((?!https?:|#)([^)#]+)[^)]*\)/g).map((path) => `deploy/${path}`),
    );
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });
});
