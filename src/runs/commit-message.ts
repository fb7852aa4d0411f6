/** Who makes the commits. Fixed, so that the same release has the same SHA on every worker, and a commit is known as ours. */
export const committer = { name: 'Slipway', email: 'slipway@slipway.dev' } as const;

/** What a release's commit says of itself. */
export interface CommitFacts {
  readonly component: string;
  readonly environment: string;
  /** Name of the ComponentRelease. */
  readonly release: string;
  /** `<namespace>/<run>`. */
  readonly run: string;
  /** 40 hex digits. */
  readonly sourceCommit: string;
  /** `registry/name:tag@sha256:…`. */
  readonly image: string;
}

/** The trailers by which a run finds its own commit again. */
export interface Trailers {
  readonly run: string;
  readonly sourceCommit: string;
  readonly image: string;
}

/**
 * Message of a release's commit; the same facts give the same text. Nothing that the source's authors wrote is in it: a subject
 * such as `Fixes #12` would act on the GitOps repository's issues, and a second paragraph could pose as trailers.
 */
export function commitMessage(facts: CommitFacts): string {
  const subject = `Release ${facts.release} to ${facts.environment}`;
  const trailers = { Run: facts.run, 'Source-Commit': facts.sourceCommit, Image: facts.image };
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${oneLine(value)}`);
  return `${oneLine(subject)}\n\nComponent ${oneLine(facts.component)}, proposed by Slipway.\n\n${lines.join('\n')}\n`;
}

/** Reads the trailers back out of a commit's last paragraph; undefined where it is no commit of a run. */
export function parseTrailers(message: string): Trailers | undefined {
  const paragraphs = message
    .replaceAll('\r\n', '\n')
    .trim()
    .split(/\n\s*\n/);
  const last = paragraphs.length > 1 ? (paragraphs.at(-1) ?? '') : '';
  const found = new Map<string, string>();
  for (const line of last.split('\n')) {
    const [, name, value] = /^([A-Za-z][A-Za-z-]*): (\S.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || found.has(name)) return undefined;
    found.set(name, value.trim());
  }
  const [run, sourceCommit, image] = [found.get('Run'), found.get('Source-Commit'), found.get('Image')];
  if (run === undefined || sourceCommit === undefined || image === undefined) return undefined;
  return { run, sourceCommit, image };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
