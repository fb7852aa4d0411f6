import { code, codeCell, link, webAddress } from './markdown.ts';

/** Everything that a reviewer needs to decide on a release. */
export interface PullRequestFacts {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly environment: string;
  readonly pipeline: string;
  /** Name of the ComponentWorkflowRun. */
  readonly run: string;
  /** Page of the run's workflow in Temporal's UI. */
  readonly workflowUrl: string | null;
  readonly source: {
    readonly repository: string;
    readonly commit: string;
    readonly subject: string;
    readonly author: string;
  };
  /** `registry/name:tag@sha256:…`. */
  readonly image: string;
  readonly release: { readonly name: string; readonly reused: boolean };
  /** The ReleaseBinding that the pull request changes. */
  readonly binding: { readonly name: string; readonly path: string };
  /** What the environment runs until this is merged; null where it runs nothing yet. */
  readonly before: { readonly release: string | null; readonly image: string | null };
  /** What the descriptor takes out of the Workload that it replaces, in words. */
  readonly removed: readonly string[];
  readonly warnings: readonly string[];
}

/** Whose pull request it is; written into its body, because branch names identify nothing. */
export interface Marker {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly environment: string;
  readonly run: string;
  /** The source commit, 40 hex digits. */
  readonly commit: string;
}

/** Title of a release's pull request: what goes where. */
export function pullRequestTitle(facts: Pick<PullRequestFacts, 'release' | 'environment'>): string {
  return `Release ${facts.release.name} to ${facts.environment}`;
}

/** Body of a release's pull request, in Markdown; its last line is the marker. What others wrote shows as code and has no effect. */
export function pullRequestBody(facts: PullRequestFacts): string {
  const sections = [
    summary(facts),
    source(facts),
    removals(facts),
    warnings(facts),
    rollback(facts),
    origin(facts),
    marker(facts),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** Reads the marker of a body, also after a person edited around it; undefined where there is none. */
export function parseMarker(body: string): Marker | undefined {
  const pattern = /^<!-- slipway ([^\s/]+)\/([^\s/]+)\/([^\s/]+) (\S+) (\S+) ([0-9a-f]{40}) -->\s*$/gm;
  const [, namespace, project, component, environment, run, commit] = [...body.matchAll(pattern)].at(-1) ?? [];
  if (!namespace || !project || !component || !environment || !run || !commit) return undefined;
  return { namespace, project, component, environment, run, commit };
}

function summary({ component, environment, pipeline, before, release, image, binding }: PullRequestFacts): string {
  const cell = (text: string | null): string => (text === null ? '(none)' : codeCell(text));
  return [
    `## ${component} → ${environment}`,
    '',
    '| | now | after merging |',
    '|---|---|---|',
    `| Release | ${cell(before.release)} | ${codeCell(release.name)}${release.reused ? ' (an existing release)' : ''} |`,
    `| Image | ${cell(withoutDigest(before.image))} | ${cell(withoutDigest(image))} |`,
    `| Digest | ${cell(digestOf(before.image))} | ${cell(digestOf(image))} |`,
    '',
    `Environment ${code(environment)} of pipeline ${code(pipeline)}, bound by ${code(binding.path)}.`,
  ].join('\n');
}

function source({ source: { repository, commit, subject, author } }: PullRequestFacts): string {
  const address = webAddress(repository);
  const page = address === null ? null : `${address.replace(/\/+$/, '').replace(/\.git$/, '')}/commit/${commit}`;
  return [
    '### Source',
    '',
    `- Commit ${link(commit.slice(0, 12), page)} of ${link(address ?? 'a repository that is not on the web', address)}`,
    `- Message ${code(subject)}`,
    `- Author ${code(author)}`,
  ].join('\n');
}

function removals({ removed }: PullRequestFacts): string {
  if (removed.length === 0) return '';
  return [
    '### Removed from the Workload',
    '',
    'The descriptor replaces the Workload. It no longer has:',
    '',
    ...list(removed),
  ].join('\n');
}

function warnings(facts: PullRequestFacts): string {
  if (facts.warnings.length === 0) return '';
  return ['### Warnings', '', ...list(facts.warnings)].join('\n');
}

/** Bounded, because a code host refuses a body over 64 KiB. */
function list(items: readonly string[]): string[] {
  const shown = items.slice(0, 40).map((item) => `- ${code(item, 500)}`);
  return items.length > 40 ? [...shown, `- and ${items.length - 40} more`] : shown;
}

function rollback({ before, binding }: PullRequestFacts): string {
  const rebind =
    before.release === null
      ? `- Or delete ${code(binding.path)}: nothing was released there before.`
      : `- Or set ${code('spec.releaseName')} of ReleaseBinding ${code(binding.name)} back to ${code(before.release)}.`;
  return ['### How to roll back', '', `- Revert the merge: ${code('git revert -m 1 <merge commit>')}.`, rebind].join(
    '\n',
  );
}

function origin({ namespace, run, workflowUrl }: PullRequestFacts): string {
  const address = workflowUrl === null ? null : webAddress(workflowUrl);
  const workflow = address === null ? '' : `, [workflow in Temporal](${address})`;
  return `Proposed by Slipway, run ${code(`${namespace}/${run}`)}${workflow}.`;
}

function marker({ namespace, project, component, environment, run, source: { commit } }: PullRequestFacts): string {
  return `<!-- slipway ${namespace}/${project}/${component} ${environment} ${run} ${commit} -->`;
}

function withoutDigest(image: string | null): string | null {
  return image === null ? null : (image.split('@')[0] ?? image);
}

function digestOf(image: string | null): string | null {
  return image?.split('@')[1] ?? null;
}
