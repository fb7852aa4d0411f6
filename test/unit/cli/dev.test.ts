import { describe, expect, it } from 'vitest';
import { type DevDeps, dev } from '../../../src/cli/dev.ts';
import { devSettings, exportLines } from '../../../src/cli/dev-settings.ts';
import type { EmptyWorld, WorldOptions } from '../../../src/embedded/world.ts';
import type { DeliveryDescription } from '../../../src/temporal/describe-delivery.ts';

const world: EmptyWorld = {
  temporal: { address: 'temporal:1', uiUrl: 'http://temporal' },
  registry: 'registry:1',
  forgeUrl: 'http://forge:1',
  repositoriesFolder: '/data/forge/repositories',
  secretsFolder: '/data/secrets',
  settings: { TEMPORAL_ADDRESS: 'temporal:1', SLIPWAY_CREDENTIAL_HOSTS: 'forge:1', SLIPWAY_HTTP_HOSTS: 'forge:1' },
  workerLog: '/data/worker.log',
  serverLog: '/data/server.log',
  stop: async () => undefined,
};

const verdict = { detail: '', branch: 'main', commit: '2'.repeat(40), runOutcome: null };
const delivery: DeliveryDescription = {
  id: 'github/1',
  state: 'handled',
  repository: 'http://forge:1/acme/api',
  branch: 'main',
  commit: verdict.commit,
  actor: 'ada',
  receivedAt: '2026-01-31T12:00:00Z',
  handledAt: '2026-01-31T12:00:01Z',
  counts: { started: 1, skipped: 1, failed: 0 },
  notes: [],
  verdicts: [
    { ...verdict, component: 'default/shop/api', outcome: 'start', reason: 'matched', run: 'default/api-1' },
    { ...verdict, component: 'default/shop/web', outcome: 'skip', reason: 'paths', run: null },
  ],
  omitted: 0,
  failure: null,
};

function stage(given: { environment?: NodeJS.ProcessEnv; ended?: Promise<void>; delivery?: DeliveryDescription } = {}) {
  const interruption = new AbortController();
  const running = new Set<string>();
  const seen: {
    options: WorldOptions[];
    settings: Readonly<Record<string, string>>[];
    folders: string[];
    pushes: string[];
  } = {
    options: [],
    settings: [],
    folders: [],
    pushes: [],
  };
  let written = '';
  const out = {
    write: (text: string) => {
      written += text;
    },
    columns: undefined,
    colours: false,
  };
  const deps: DevDeps = {
    environment: { HOME: '/home/ada', ...given.environment },
    interrupted: interruption.signal,
    startWorld: async (options) => {
      seen.options.push(options);
      running.add('world');
      return { ...world, stop: async () => void running.delete('world') };
    },
    startWorker: async (settings) => {
      seen.settings.push(settings);
      running.add('worker');
      const ended = given.ended ?? new Promise(() => undefined);
      return { ended, metricsUrl: null, stop: async () => void running.delete('worker') };
    },
    startServer: async () => {
      running.add('server');
      return { url: 'http://webhooks', metricsUrl: null, stop: async () => void running.delete('server') };
    },
    sendPush: async ({ address }, { repository }) => {
      seen.pushes.push(`${repository} to ${address}`);
      return { status: 202, text: '{"delivery":"github/1"}' };
    },
    withDeliveries: async (_settings, work) =>
      work({
        list: async function* () {},
        describe: async () => given.delivery ?? null,
        replay: async () => false,
      }),
    makeFolder: async (folder) => void seen.folders.push(folder),
  };
  return {
    interruption,
    running,
    seen,
    text: () => written,
    run: (...args: string[]) => dev(args, deps, { out, err: out }),
  };
}

async function untilUp(text: () => string): Promise<void> {
  while (!text().includes('until you press Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('dev', () => {
  it('stays up without a terminal until it is interrupted, and then stops everything', async () => {
    const { run, interruption, running, seen, text } = stage();
    const ended = run();
    await untilUp(text);

    expect([...running]).toEqual(['world', 'worker', 'server']);
    expect(seen.options[0]?.folder).toBe('/home/ada/.local/state/slipway/dev');
    expect(seen.folders).toEqual(['/home/ada/.local/state/slipway/dev/catalog']);
    expect(text()).toContain("export SLIPWAY_CATALOG='directory:/home/ada/.local/state/slipway/dev/catalog'");
    interruption.abort();
    expect(await ended).toBe(0);
    expect([...running]).toEqual([]);
  });

  it('has its code host tell of a push, and shows what that started', async () => {
    const { run, interruption, seen, text } = stage({ delivery });
    const ended = run();
    await untilUp(text);
    const [before, after] = ['1'.repeat(40), '2'.repeat(40)];
    seen.options[0]?.forge?.onPush?.({ repository: 'acme/api', ref: 'refs/heads/main', before, after, pusher: 'ada' });
    await expect.poll(text).toContain('push to acme/api, main at 222222222222: delivery github/1\n');
    interruption.abort();
    await ended;

    expect(seen.pushes).toEqual(['acme/api to http://webhooks/api/v1/webhooks/github']);
    expect(text()).toContain(
      '  start default/shop/api: slipway run watch default/api-1\n  skip default/shop/web: paths\n',
    );
  });

  it('builds on a cluster whose pods reach it at an address of this machine', async () => {
    const { run, interruption, seen, text } = stage({ environment: { SLIPWAY_BUILDER_IMAGE: 'registry/builder' } });
    const ended = run('--kubeconfig', '/etc/kubeconfig', '--build-host', '10.244.0.1');
    await untilUp(text);
    interruption.abort();
    await ended;

    expect(seen.options[0]?.buildHost).toBe('10.244.0.1');
    expect(seen.settings[0]).toMatchObject({
      SLIPWAY_PLANE: 'kubernetes',
      SLIPWAY_KUBECONFIG: '/etc/kubeconfig',
      SLIPWAY_BUILDER_IMAGE: 'registry/builder',
    });
  });

  it.each([[['--build-host', '10.244.0.1']], [['--kubeconfig', '/etc/kubeconfig', '--build-host', 'node.example']]])(
    'refuses %j',
    async (args) => {
      const { run, seen, text } = stage();

      expect(await run(...args)).toBe(2);
      expect(text()).toContain('--build-host is an IP address of this machine');
      expect(seen.options).toEqual([]);
    },
  );

  it('takes the catalog of an option before that of the shell', async () => {
    for (const [args, expected] of [
      [['--catalog', '/platform'], 'directory:/platform'],
      [[], 'gitops:https://git.acme.example/platform#main'],
    ] as const) {
      const environment = { SLIPWAY_CATALOG: 'gitops:https://git.acme.example/platform#main' };
      const { run, interruption, seen, text } = stage({ environment });
      const ended = run(...args);
      await untilUp(text);
      interruption.abort();
      await ended;

      expect(seen.settings[0]?.['SLIPWAY_CATALOG']).toBe(expected);
      expect(seen.folders).toEqual([]);
    }
  });

  it('answers 1 when its worker ends by itself, and leaves nothing running', async () => {
    const { run, running, text } = stage({ ended: Promise.resolve() });

    expect(await run()).toBe(1);
    expect(text()).toContain('/data/worker.log');
    expect([...running]).toEqual([]);
  });

  it('answers 2 to what it does not understand without starting anything', async () => {
    const { run, seen } = stage();

    expect(await run('--once')).toBe(2);
    expect(seen.options).toEqual([]);
  });
});

describe('devSettings', () => {
  it('joins the shell’s hosts with those of the world, and hands no secret on', () => {
    const environment = {
      SLIPWAY_HTTP_HOSTS: 'git.acme.example',
      SLIPWAY_MAX_BUILDS: '4',
      SLIPWAY_LOG_LEVEL: '',
      SLIPWAY_SECRET_GIT_TOKEN: 'secret',
      OTHER: 'x',
    };

    expect(devSettings(environment, world, 'directory:/c')).toEqual({
      TEMPORAL_ADDRESS: 'temporal:1',
      SLIPWAY_CREDENTIAL_HOSTS: 'forge:1',
      SLIPWAY_HTTP_HOSTS: 'forge:1,git.acme.example',
      SLIPWAY_MAX_BUILDS: '4',
      SLIPWAY_FILE_REPOSITORIES: 'true',
      SLIPWAY_CATALOG: 'directory:/c',
    });
  });
});

describe('exportLines', () => {
  it('quotes values for a shell', () => {
    expect(exportLines({ B: "it's $HOME", A: '1' })).toBe("export A='1'\nexport B='it'\\''s $HOME'");
  });
});
