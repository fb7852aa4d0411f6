import { builtInFlows } from '../../src/runs/flows.ts';
import { createFindCandidates } from '../../src/webhooks/candidates.ts';
import { matchPush } from '../../src/webhooks/match.ts';
import { push, pushPayloads } from '../support/payloads.ts';
import { catalogWith, rules } from '../unit/webhooks/matching.ts';
import type { Row, Section } from './section.ts';

/** What a push means for the components of its repository, warm: the part of handling a delivery that grows with them. */
export async function matching(repeats: number): Promise<Section> {
  const rows: Row[] = [];
  for (const [components, repositories] of [
    [10, 1],
    [1_000, 1],
    [10_000, 1],
    [10_000, 1_000],
  ] as const) {
    rows.push(await measure(components, repositories, repeats));
  }
  return { title: 'matching a push, warm', rows, notes: [] };
}

async function measure(components: number, repositories: number, repeats: number): Promise<Row> {
  const catalog = catalogWith(
    Array.from({ length: components }, (_, at) => ({
      name: `c-${at}`,
      appPath: `/services/${at}`,
      url: `https://github.com/org/repo-${at % repositories}`,
    })),
  );
  const findCandidates = createFindCandidates(builtInFlows);
  const pushed = push(
    'github',
    pushPayloads.github({ repository: { clone_url: 'https://github.com/org/repo-0.git' } }),
  );
  const match = async () => matchPush(pushed, await findCandidates(catalog, pushed.urls), rules);
  await match();
  const samples: number[] = [];
  for (let at = 0; at < repeats; at += 1) {
    const began = performance.now();
    const matches = await match();
    samples.push(performance.now() - began);
    if (matches.length !== components / repositories) throw new Error(`${matches.length} components were found`);
  }
  const where = repositories === 1 ? 'one repository' : `${repositories} repositories`;
  return { what: `${components} components in ${where}`, unit: 'ms', samples, most: 50 };
}
