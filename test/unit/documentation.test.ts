import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { retryableByType } from '../../src/failures.ts';
import { commonArguments } from '../../src/runs/argument-schemas.ts';
import { buildArguments } from '../../src/runs/build-arguments.ts';

const readme = readFileSync('README.md', 'utf8');

const section = (title: string): string => {
  const [, text = ''] = readme.split(new RegExp(`^## ${title}$`, 'm'));
  return text.split(/^## /m)[0] ?? '';
};

/** Every name in code style in the first cells of a section's tables. */
const rows = (title: string): string[] =>
  [...section(title).matchAll(/^\| ([^|]+) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)])
    .map(([, name = '']) => name)
    .sort();

const settingsIn = (file: string): string[] => [
  ...new Set([...readFileSync(file, 'utf8').matchAll(/\bSLIPWAY_[A-Z_]+\b/g)].map(([name]) => name)),
];

describe('the README', () => {
  it('has a row for each setting, and for nothing else', () => {
    const settings = [
      ...new Set(['src/config.ts', 'src/controller-config.ts', 'src/server-config.ts'].flatMap(settingsIn)),
    ];
    expect(rows('Settings')).toEqual([...new Set(settings)].sort());
  });

  it('says the default of each setting that has one', () => {
    const config = readFileSync('src/config.ts', 'utf8');
    const defaults = [...config.matchAll(/^ {4}(SLIPWAY_\w+): .*\.default\((?:'(\w+)'|(\d+|true|false))\)/gm)];
    expect(defaults.length).toBeGreaterThan(2);
    for (const [, name, text, value] of defaults) expect(readme).toContain(`| \`${name}\` | \`${text ?? value}\` |`);
  });

  it('has a row for each type of failure, and for nothing else', () => {
    const types = rows('Troubleshooting').filter((name) => /^[A-Z][a-zA-Z]+$/.test(name));
    expect([...new Set(types)]).toEqual(Object.keys(retryableByType).sort());
  });

  it('has a row for each parameter of a run template, and for nothing else', () => {
    const owner = { namespace: 'default', project: 'shop', component: 'api' };
    const common = Object.keys(commonArguments(owner, { httpHosts: [] }));
    const known = [...common, ...Object.values(buildArguments).flatMap(({ names }) => names)];
    expect(rows('Parameters of the run template')).toEqual(known.sort());
  });

  it('names only commands that there are', () => {
    const commands = [...readFileSync('src/cli.ts', 'utf8').matchAll(/^ {2}'?([a-z]+(?: [a-z]+)?)'?: \{$/gm)].map(
      ([, name]) => name,
    );
    const named = [
      ...readme.matchAll(
        /(?:npx |`)slipway ((?:run|webhook|delivery|workflow|workload|componentrelease|releasebinding) [a-z]+|[a-z]+)/g,
      ),
    ].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !commands.includes(name))).toEqual([]);
  });

  it('points only to headings that there are', () => {
    const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
      text
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.filter((anchor) => !headings.includes(anchor ?? ''))).toEqual([]);
  });

  it('shows a run as JSON that can be read', () => {
    const [, json = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
    expect(JSON.parse(json)).toMatchObject({ kind: 'ComponentWorkflowRun' });
  });
});
