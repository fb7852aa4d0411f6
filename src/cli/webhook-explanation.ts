import type { Delivery, IgnoredReason, ProviderName } from '../webhooks/delivery.ts';
import type { Verdict } from '../webhooks/verdict.ts';
import { type Out, paint } from './out.ts';
import { indent } from './wrap.ts';

/** What `webhook explain --json` prints. Branch and commit are null where a delivery is about several. */
export interface Explanation {
  readonly provider: ProviderName;
  readonly event: string;
  readonly ignored: IgnoredReason | null;
  readonly repository: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly paths: { readonly complete: boolean; readonly count: number };
  readonly verdicts: readonly Verdict[];
}

/** A delivery and its verdicts in the promised shape. */
export function explanation(delivery: Delivery, verdicts: readonly Verdict[]): Explanation {
  const { provider, event } = delivery;
  const changes = delivery.ignored === null ? delivery.changes : [];
  const [change] = changes;
  const only = changes.length === 1 ? change : undefined;
  return {
    provider,
    event,
    ignored: delivery.ignored,
    repository: delivery.ignored === null ? (delivery.urls[0] ?? null) : null,
    branch: only?.branch ?? null,
    commit: only?.after ?? null,
    paths: {
      complete: change !== undefined && changes.every(({ paths }) => paths.complete),
      count: changes.reduce((sum, { paths }) => sum + paths.count, 0),
    },
    verdicts,
  };
}

/** The same for people. */
export function explanationText(explained: Explanation, out: Out): string {
  const { provider, event, ignored, repository, branch, commit, paths, verdicts } = explained;
  if (ignored !== null) return `The delivery of ${provider} (${event}) is ignored: ${ignored}\n`;
  const target = branch === null ? 'several branches' : `${branch} at ${commit?.slice(0, 12)}`;
  const listed = paths.complete ? `${paths.count} changed` : `${paths.count} listed, and more may have changed`;
  const facts = [`repository  ${repository}`, `branch      ${target}`, `paths       ${listed}`, ''];
  const lines = verdicts.map(({ component, outcome, reason, detail }) => {
    const word = paint(out, outcome === 'start' ? 'green' : 'grey', outcome.padEnd(5));
    return `${word}  ${component}  ${reason}: ${indent(detail, 7)}`;
  });
  return `${[...facts, ...(lines.length > 0 ? lines : ['The catalog holds no component.'])].join('\n')}\n`;
}
