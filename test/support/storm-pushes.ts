import { createHash } from 'node:crypto';
import { automaticRunName } from '../../src/runs/run-name.ts';
import { commit, pushPayloads } from './payloads.ts';

/** One push to the repository of one component. */
export interface StormPush {
  readonly component: string;
  /** Which of the component's pushes it is, from 1 on. */
  readonly position: number;
  readonly commit: string;
  readonly before: string;
}

const pushesEach = 10;

/** Components, each in a repository of its own. */
export const stormComponents = Array.from({ length: 50 }, (_, at) => `c-${at}`);

/** Every push: each component's commits one after the other. */
export const stormPushes: readonly StormPush[] = stormComponents.flatMap((component) =>
  Array.from({ length: pushesEach }, (_, at) => ({
    component,
    position: at + 1,
    commit: commitAt(component, at + 1),
    before: commitAt(component, at),
  })),
);

/** Where a component's source is. */
export function stormUrl(component: string): string {
  return `https://github.com/org/${component}`;
}

/** The push that brought a commit. */
export function findCommit(id: string): StormPush {
  const found = byCommit.get(id);
  if (found === undefined) throw new Error(`nobody pushed ${id}`);
  return found;
}

const byCommit = new Map(stormPushes.map((push) => [push.commit, push]));

function commitAt(component: string, position: number): string {
  return createHash('sha1').update(`${component} ${position}`).digest('hex');
}

/** As GitHub tells of it. */
export function stormPayload({ component, position, commit: id, before }: StormPush): unknown {
  const head = commit({ id });
  const repository = { clone_url: `${stormUrl(component)}.git`, pushed_at: position };
  return pushPayloads.github({ before, after: id, commits: [head], head_commit: head, repository });
}

/** Workflow id of the one run that it must start. */
export function stormRun({ component, position, commit: id, before }: StormPush): string {
  return `run/default/${automaticRunName(component, id, before, String(position))}`;
}
