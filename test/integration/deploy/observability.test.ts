import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { promtool } from '../../support/promtool.ts';
import { alertGroups, dashboardExpressions, ownMetrics } from '../../support/used-metrics.ts';

let folder: string;
const passed = { code: 0, stdout: expect.any(String), stderr: '' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-rules-'));
  await write('alerts.yaml', { groups: alertGroups() });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, content: object): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, stringify(content));
  return file;
}

/** Which of some alerts fire after so long, with one value a minute of each series. */
const firing = (at: string, series: Readonly<Record<string, string>>, alerts: Readonly<Record<string, object[]>>) => ({
  interval: '1m',
  input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
  alert_rule_test: Object.entries(alerts).map(([alertname, found]) => ({
    eval_time: at,
    alertname,
    exp_alerts: found.map((labels) => ({ exp_labels: labels })),
  })),
});

describe("Prometheus' own checker", () => {
  it('finds nothing wrong with the alerts', async () => {
    expect(await promtool(['check', 'rules', join(folder, 'alerts.yaml')])).toEqual(passed);
  });

  it("finds nothing wrong with the dashboard's expressions", async () => {
    const rules = dashboardExpressions().map((expr, index) => ({ record: `panel:${index}`, expr }));
    const file = await write('panels.yaml', { groups: [{ name: 'panels', rules }] });
    expect(await promtool(['check', 'rules', '--lint=none', file])).toEqual(passed);
    const broken = await write('broken.yaml', { groups: [{ name: 'x', rules: [{ record: 'x:y', expr: 'sum(' }] }] });
    expect((await promtool(['check', 'rules', broken])).code).toBe(1);
  });

  it('finds nothing wrong with our names and units', async () => {
    const ours = (await ownMetrics()).split('\n').filter((line) => /^(# \w+ )?slipway_/.test(line));
    // Worker and server each say what they are.
    const lines = ours.filter((line, index) => !line.includes('slipway_info') || ours.indexOf(line) === index);
    expect(await promtool(['check', 'metrics'], `${lines.join('\n')}\n`)).toEqual(passed);
  });

  it('sees the alerts fire when they should, and not before', async () => {
    const tests = [
      firing(
        '20m',
        { 'slipway_info{role="server"}': '1x20' },
        { SlipwayNoWorker: [{ severity: 'critical', role: 'worker' }], SlipwayNoServer: [] },
      ),
      firing(
        '30m',
        {
          'slipway_runs_total{outcome="failed",failure="BuildFailed"}': '0+1x30',
          'slipway_runs_total{outcome="failed",failure="AccessDenied"}': '0 0 0 1 2 3 4 4x24',
          'slipway_runs_total{outcome="failed",failure="PolicyRejected"}': '0 0 0 1x27',
        },
        { SlipwayRunsFail: [{ severity: 'warning', failure: 'AccessDenied' }] },
      ),
      firing(
        '30m',
        {
          'slipway_forge_budget_remaining{host="github.com",credential="git-token"}': '600-20x30',
          'slipway_forge_budget_limit{host="github.com",credential="git-token"}': '5000x30',
          'slipway_forge_budget_remaining{host="github.com",credential="status-token"}': '600x30',
          'slipway_forge_budget_limit{host="github.com",credential="status-token"}': '5000x30',
        },
        { SlipwayForgeBudgetLow: [{ severity: 'warning', host: 'github.com', credential: 'git-token' }] },
      ),
      firing(
        '40m',
        {
          'slipway_step_wait_seconds_bucket{queue="builds",le="60"}': '0x40',
          'slipway_step_wait_seconds_bucket{queue="builds",le="120"}': '0+1x40',
          'slipway_step_wait_seconds_bucket{queue="builds",le="+Inf"}': '0+1x40',
          'slipway_step_wait_seconds_bucket{queue="steps",le="1"}': '0+9x40',
          'slipway_step_wait_seconds_bucket{queue="steps",le="+Inf"}': '0+9x40',
        },
        { SlipwayBuildsWait: [{ severity: 'warning' }], SlipwayStepsWait: [] },
      ),
      firing(
        '20m',
        { 'slipway_http_request_seconds_count{route="/api/v1/runs",status="503"}': '0+1x20' },
        { SlipwayServerBusy: [] },
      ),
      firing(
        '20m',
        { 'slipway_http_request_seconds_count{route="/api/v1/webhooks",status="503"}': '0+1x20' },
        { SlipwayServerBusy: [{ severity: 'critical' }] },
      ),
      firing(
        '10m',
        { 'slipway_verdicts_total{source="sweep",outcome="start",reason="matched"}': '0 0 0 1x8' },
        { SlipwayWebhooksLost: [{ severity: 'info' }] },
      ),
    ];
    // With their texts each of these would have to repeat them.
    const bare = alertGroups().map((group) => ({
      ...group,
      rules: group.rules.map(({ annotations, ...rule }) => rule),
    }));
    await write('bare.yaml', { groups: bare });
    const file = await write('tests.yaml', { rule_files: ['bare.yaml'], evaluation_interval: '1m', tests });

    expect(await promtool(['test', 'rules', file])).toMatchObject({ code: 0, stderr: '' });
  });
});
