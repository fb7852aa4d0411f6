import { patience } from '../support/build-world.ts';
import type { FrontendWorld } from '../support/frontend/frontend-world.ts';
import { type Row, type Section, spreadOf } from './section.ts';

const apps = ['react-npm', 'react-yarn-classic', 'react-yarn-berry', 'react-pnpm', 'react-bun'];

/** What local builds of React applications take: the first one, the same commit again, and one changed line. No build record is used. */
export async function frontends(world: FrontendWorld, repeats: number, say: (text: string) => void): Promise<Section> {
  const rows: Row[] = [];
  for (const app of apps) {
    const rounds: Times[] = [];
    for (let round = 1; round <= repeats; round += 1) {
      say(`${app}, ${round} of ${repeats}`);
      rounds.push(await threeBuilds(world, app));
    }
    rows.push(...rowsOf(app, rounds));
  }
  const note =
    'Each build pulls its base images from a registry of this machine and unpacks them; what packages there are, are tiny.';
  return { title: 'React builds on the local plane (Buildah, overlay)', rows, notes: [note] };
}

interface Times {
  readonly first: number;
  readonly unchanged: number;
  readonly changed: number;
}

/** Of an image that was never built, so that nothing is downloaded yet. */
async function threeBuilds(world: FrontendWorld, app: string): Promise<Times> {
  const files = await world.appFiles(app);
  const buildCommand = app === 'react-yarn-berry' ? 'yarn build' : 'npm run build';
  const request = await world.requestForApp(files, { buildCommand });
  const plane = world.planeWith({ storageDriver: 'overlay' });
  const seconds = async (ordinal: number, commit: string): Promise<number> => {
    const id = { ...request.id, ordinal };
    const began = performance.now();
    const outcome = await plane.build({ ...request, id, source: { ...request.source, commit } }, patience());
    if (outcome.kind === 'failed') throw new Error(`${app}: ${outcome.message}`);
    return (performance.now() - began) / 1000;
  };
  const { commit } = request.source;
  const first = await seconds(1, commit);
  const unchanged = await seconds(2, commit);
  const line = `${files['src/main.js']}console.log('changed');\n`;
  const next = await world.sources.commitTo(request.owner.component, 'main', { 'src/main.js': line });
  return { first, unchanged, changed: await seconds(3, next) };
}

function rowsOf(app: string, rounds: readonly Times[]): readonly Row[] {
  const name = app.replace('react-', '');
  const first = rounds.map((times) => times.first);
  const row = (what: string, samples: readonly number[]): Row => ({
    what: `${name}: ${what}`,
    unit: 's',
    samples,
    note: `${percent(samples, first)} of the first`,
  });
  return [
    { what: `${name}: first`, unit: 's', samples: first },
    row(
      'unchanged',
      rounds.map((times) => times.unchanged),
    ),
    row(
      'one line changed',
      rounds.map((times) => times.changed),
    ),
  ];
}

function percent(samples: readonly number[], of: readonly number[]): string {
  return `${Math.round(((spreadOf(samples)?.median ?? 0) / (spreadOf(of)?.median ?? 1)) * 100)} %`;
}
