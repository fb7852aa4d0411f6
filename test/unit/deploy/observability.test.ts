import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { alertGroups, dashboardExpressions, ownMetrics } from '../../support/used-metrics.ts';

/** Our metrics by name, with the labels that they have. */
const given = new Map<string, Set<string>>();

const ofPrometheus = ['le', 'instance', 'job'];
const baseName = (name: string) => name.replace(/_(bucket|count|sum)$/, '');

beforeAll(async () => {
  const text = await ownMetrics();
  for (const [, name = ''] of text.matchAll(/^# HELP (\w+)/gm)) given.set(name, new Set());
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)\{([^}]*)\}/gm)) {
    const known = given.get(name) ?? given.get(baseName(name));
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known?.add(label);
  }
});

const labelsOf = (name: string) => [...(given.get(name) ?? given.get(baseName(name)) ?? [])];

describe('dashboard and alerts', () => {
  const expressions = [
    ...dashboardExpressions(),
    ...alertGroups().flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ];

  it('ask only for metrics that there are', () => {
    const asked = expressions.flatMap((one) => one.match(/\b(?:slipway|process|nodejs)_\w+/g) ?? []);
    expect(new Set(asked).size).toBeGreaterThan(15);
    expect(asked.filter((name) => !given.has(name) && !given.has(baseName(name)))).toEqual([]);
  });

  it('ask only for labels that those have', () => {
    const unknown = expressions.flatMap((one) => {
      const names = one.match(/\b(?:slipway|process|nodejs)_\w+/g) ?? [];
      const known = [...names.flatMap(labelsOf), ...ofPrometheus];
      const lists = [...one.matchAll(/\b(?:by|on|group_left) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
        list.split(/, */),
      );
      const selected = [...one.matchAll(/(\w+) ?(?:=|!=|=~|!~)"/g)].map(([, label = '']) => label);
      return [...lists, ...selected].filter((label) => !known.includes(label)).map((label) => `${label} in ${one}`);
    });
    expect(unknown).toEqual([]);
  });

  it('show each of our metrics on the dashboard', () => {
    const shown = dashboardExpressions().join('\n');
    expect([...given.keys()].filter((name) => name.startsWith('slipway_') && !shown.includes(name))).toEqual([]);
  });

  it('are named and explained in each alert', () => {
    for (const { rules } of alertGroups()) {
      for (const rule of rules) {
        expect(rule).toMatchObject({
          alert: expect.stringMatching(/^Slipway[A-Z]/),
          labels: { severity: expect.stringMatching(/^(critical|warning|info)$/) },
          annotations: { summary: expect.any(String), description: expect.any(String) },
        });
      }
    }
  });
});

describe('the runbook', () => {
  it('has a row for each metric with its labels, and for nothing else', () => {
    const [, section = ''] = readFileSync('deploy/README.md', 'utf8').split('## Metrics and alerts\n');
    const rows = [...section.matchAll(/^\| `(slipway_\w+)` \| ([^|]*)\|/gm)].map(([, name = '', labels = '']) => [
      name,
      labels.match(/\w+/g) ?? [],
    ]);
    const ours = [...given.keys()].filter((name) => name.startsWith('slipway_'));
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(ours.map((name) => [name, labelsOf(name).filter((label) => label !== 'le')])),
    );
  });
});
