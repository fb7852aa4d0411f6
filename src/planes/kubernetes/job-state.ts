import { BuildEnd } from '../../builds/build-end.ts';
import { exportedDigest } from '../../builds/buildpacks/export-report.ts';
import { type BuildStep, exitCodes } from '../../builds/exit-codes.ts';
import { parseJson } from '../../builds/parse-json.ts';
import type { ContainerStatus, Job, KubeEvent, Pod } from './api/kube-objects.ts';
import { lastPhase, phaseOf } from './buildpacks/phase-names.ts';

/** How a build's Job stands. */
export type JobState =
  /** Nothing of it has run yet; `reason` says what it waits for. */
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'running'; readonly container: string }
  /** `container` is the one that ended it, and `text` what the cluster kept of its log. */
  | { readonly kind: 'ended'; readonly end: BuildEnd; readonly container: string; readonly text: string }
  /** The infrastructure lost it. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The cluster will never run it as it is. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What was seen of a Job at one time: events are those of the Job. */
export interface JobSight {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly events: readonly KubeEvent[];
}

/** For how long the builder image may fail to come before the node is given up. */
const longestPullMs = 3 * 60_000;

/** Reads how a Job stands at the time `now` (milliseconds since 1970). Its pod tells a second before the Job does. */
export function jobState({ job, pods, events }: JobSight, now: number): JobState {
  const pod = pods.toSorted(
    (a, b) => Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp),
  )[0];
  if (pod !== undefined) return podState(pod, now);
  const failed = job.status.conditions.find(({ type, status }) => type === 'Failed' && status === 'True');
  if (failed?.reason === 'DeadlineExceeded') return stopped('build', { exitCode: 1, timedOut: true }, []);
  if (job.metadata.deletionTimestamp !== undefined) return { kind: 'lost', reason: 'its Job was deleted' };
  if (failed !== undefined)
    return { kind: 'lost', reason: `its pod is gone (${failed.message ?? failed.reason ?? 'failed'})` };
  if (job.spec.suspend) return { kind: 'waiting', reason: 'its Job to be let go' };
  return withoutPod(events);
}

/** A Job whose pod was not made yet, or may not be. */
function withoutPod(events: readonly KubeEvent[]): JobState {
  const refusal = events
    .filter(({ reason }) => reason === 'FailedCreate')
    .toSorted((a, b) => a.at.localeCompare(b.at))
    .at(-1);
  if (refusal === undefined) return { kind: 'waiting', reason: 'its pod to be made' };
  const said = refusal.message.replace(/^Error creating: /, '');
  if (/exceeded quota/.test(said)) return { kind: 'waiting', reason: `quota: ${said}` };
  if (/is forbidden|denied the request|is invalid/.test(said)) return { kind: 'refused', reason: said };
  return { kind: 'waiting', reason: `its pod to be made: ${said}` };
}

function podState(pod: Pod, now: number): JobState {
  const { status } = pod;
  const containers = [...status.initContainerStatuses, ...status.containerStatuses];
  if (status.phase === 'Succeeded') return succeeded(status.containerStatuses);
  const latest = containers.findLast(hasBegun);
  const begun = latest !== undefined;
  const current = latest?.name ?? 'build';
  const waiting = containers.find(({ state }) => state.waiting !== undefined)?.state.waiting;
  if (status.reason === 'DeadlineExceeded') {
    if (begun) return stopped(current, { exitCode: 1, timedOut: true }, containers);
    return {
      kind: 'lost',
      reason: `its pod did not begin within its time (${waiting?.message ?? waiting?.reason ?? 'no reason given'})`,
    };
  }
  const disrupted = status.conditions.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
  if (disrupted !== undefined) {
    return {
      kind: 'lost',
      reason: `its pod was ended by the cluster (${disrupted.message ?? disrupted.reason ?? 'no reason given'})`,
    };
  }
  if (status.reason === 'Evicted') {
    return stopped(current, { exitCode: 1, outOfDisk: true }, containers, status.message);
  }
  const failed = containers.find(({ state }) => state.terminated !== undefined && state.terminated.exitCode !== 0);
  if (failed !== undefined) return failedContainer(failed, containers);
  if (status.phase === 'Failed') {
    return { kind: 'lost', reason: `its pod failed (${status.message ?? status.reason ?? 'no reason given'})` };
  }
  const running = containers.find(({ state }) => state.running !== undefined);
  if (running !== undefined) return { kind: 'running', container: running.name };
  if (!begun) return notBegun(pod, waiting, now);
  const since = Date.parse(latest.state.terminated?.finishedAt ?? pod.metadata.creationTimestamp);
  return (waiting && imageTrouble(waiting, now - since)) ?? { kind: 'running', container: current };
}

const hasBegun = ({ state: { running, terminated } }: ContainerStatus): boolean =>
  running !== undefined || (terminated !== undefined && terminated.startedAt !== null);

/** Only the last container's word counts, and it is nothing before it was checked. */
function succeeded(containers: readonly ContainerStatus[]): JobState {
  for (const { name, state } of containers) {
    const text = state.terminated?.message ?? '';
    const end = name === lastPhase ? exported(text) : BuildEnd.safeParse(parseJson(text)).data;
    if (end?.kind === 'pushed') return { kind: 'ended', end, container: name, text };
  }
  return { kind: 'lost', reason: 'its pod succeeded without saying which image it pushed' };
}

function exported(report: string): BuildEnd | undefined {
  const digest = exportedDigest(report);
  return digest === undefined ? undefined : { v: 1, kind: 'pushed', digest };
}

function failedContainer(
  { name, state: { terminated } }: ContainerStatus,
  containers: readonly ContainerStatus[],
): JobState {
  const { exitCode = 1, reason, message } = terminated ?? {};
  if (reason === 'OOMKilled') return stopped(name, { exitCode, outOfMemory: true }, containers, message);
  if (exitCode === 137 || exitCode === 143) {
    return {
      kind: 'lost',
      reason: `its ${name} container was killed (exit code ${exitCode}${reason ? `, ${reason}` : ''})`,
    };
  }
  if (reason === 'StartError' || reason === 'ContainerCannotRun') {
    return { kind: 'lost', reason: `its ${name} container could not start (${message ?? reason})` };
  }
  return stopped(name, { exitCode }, containers, message);
}

/** Reasons with which a container never starts. */
const hopeless = new Set(['InvalidImageName', 'CreateContainerConfigError', 'CreateContainerError']);
const pulling = new Set(['ImagePullBackOff', 'ErrImagePull']);

type Waiting = NonNullable<ContainerStatus['state']['waiting']>;

function notBegun({ metadata, status: { conditions } }: Pod, waiting: Waiting | undefined, now: number): JobState {
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'True') {
    return { kind: 'waiting', reason: `a node: ${scheduled?.message ?? 'not looked for yet'}` };
  }
  const onNodeMs = now - Date.parse(scheduled.lastTransitionTime ?? metadata.creationTimestamp);
  return (waiting && imageTrouble(waiting, onNodeMs)) ?? { kind: 'waiting', reason: 'its containers to be made' };
}

/** A container that cannot be made, or not yet, for `ms` milliseconds. */
function imageTrouble({ reason = '', message = '' }: Waiting, ms: number): JobState | undefined {
  const told = message === '' ? reason : `${reason}: ${message}`;
  if (hopeless.has(reason)) return { kind: 'lost', reason: `its containers cannot be made (${told})` };
  if (!pulling.has(reason)) return undefined;
  if (ms > longestPullMs) return { kind: 'lost', reason: `the builder image could not be pulled (${told})` };
  return { kind: 'waiting', reason: `the builder image: ${told}` };
}

interface Stop {
  readonly exitCode: number;
  readonly timedOut?: boolean;
  readonly outOfMemory?: boolean;
  readonly outOfDisk?: boolean;
}

const codesOf = (step: BuildStep): readonly number[] => Object.values(exitCodes[step]);

function stopped(container: string, stop: Stop, containers: readonly ContainerStatus[], text = ''): JobState {
  const { exitCode, timedOut = false, outOfMemory = false, outOfDisk = false } = stop;
  // A phase's code is the lifecycle's own.
  const phase = phaseOf(container, containers);
  const ended = phase === undefined ? stepOf(container, exitCode) : { step: phase, exitCode };
  const end: BuildEnd = { v: 1, kind: 'stopped', ...ended, timedOut, outOfMemory, outOfDisk };
  return { kind: 'ended', end, container, text };
}

/** The build container may clone, too. A code there that no step gave is still what became of the user's build. */
function stepOf(container: string, exitCode: number): { readonly step: BuildStep; readonly exitCode: number } {
  if (container === 'clone' || container === 'push') return { step: container, exitCode };
  if (codesOf('clone').includes(exitCode)) return { step: 'clone', exitCode };
  return { step: 'build', exitCode: codesOf('build').includes(exitCode) ? exitCode : exitCodes.build.failed };
}
