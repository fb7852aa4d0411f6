import type { BuildFailureType, BuildOutcome, BuildRequest } from '../planes/build-plane.ts';
import type { BuildEnd } from './build-end.ts';
import { explainPhase } from './buildpacks/explain-phase.ts';
import { type BuildStep, buildSteps, exitCodes } from './exit-codes.ts';
import { failureCause } from './failure-cause.ts';
import { logTail } from './log-tail.ts';
import { frontendCause, packageManagerProblem } from './react/frontend-cause.ts';

type Described = Pick<BuildRequest, 'source' | 'plan' | 'image' | 'timeoutSeconds'>;

/** Sentences on how a build gets more of what it lacked, where it ran. */
export interface BuildAdvice {
  readonly memory: string;
  /** Without a full stop. */
  readonly disk: string;
}

const ofThisMachine: BuildAdvice = {
  memory: 'Let the build use less, or give the machine that builds more.',
  disk: 'Free space where builds run',
};

/** What a build's end means for its run: `log` is the output of the step that ended it, and its last lines are part of the message. */
export function describeEnd(
  end: BuildEnd,
  request: Described,
  log: string,
  advice: BuildAdvice = ofThisMachine,
): BuildOutcome {
  if (end.kind === 'pushed') return { kind: 'built', digest: end.digest };
  const { type, text } = explain(end, request, log, advice);
  const tail = logTail(log);
  return { kind: 'failed', type, message: tail === '' ? text : `${text}\nLast lines of the ${end.step} log:\n${tail}` };
}

type Stopped = Extract<BuildEnd, { kind: 'stopped' }>;

interface Explanation {
  readonly type: BuildFailureType;
  readonly text: string;
}

function explain(end: Stopped, request: Described, log: string, advice: BuildAdvice): Explanation {
  if (end.timedOut) {
    const text = `The build took longer than its limit of ${request.timeoutSeconds} s and was ended in its ${end.step} step. Make it faster, or raise the parameter build-timeout of the ComponentWorkflow.`;
    return { type: 'BuildTimedOut', text };
  }
  if (end.outOfMemory) {
    return {
      type: 'BuildOutOfMemory',
      text: `The ${end.step} step was killed because memory ran out. ${advice.memory}`,
    };
  }
  if (end.outOfDisk || /no space left on device|disk quota exceeded/i.test(log)) {
    const smaller = request.plan.kind === 'docker' ? ', or make the context smaller with a .dockerignore' : '';
    return { type: 'BuildOutOfDisk', text: `The disk was full in the ${end.step} step. ${advice.disk}${smaller}.` };
  }
  const { plan, image, source } = request;
  if (plan.kind === 'buildpacks' && end.step !== 'clone' && end.step !== 'push') {
    return explainPhase(end.step, end.exitCode, { ...plan, image, namespace: source.namespace }, log);
  }
  const step = buildSteps.find((one) => one === end.step);
  if (step === undefined) return unexpected(end.step, end.exitCode);
  return explainers[step](end.exitCode, request, log);
}

type Explain = (exitCode: number, request: Described, log: string) => Explanation;

function explainClone(exitCode: number, { source }: Described): Explanation {
  const where = `commit ${source.commit} of ${source.repository}`;
  if (exitCode === exitCodes.clone.notFound) {
    return {
      type: 'SourceNotFound',
      text: `The build could not find ${where}. Check the repository's URL and that the commit is still there; a private repository also looks like this without the secret git-token.`,
    };
  }
  if (exitCode === exitCodes.clone.denied) {
    return {
      type: 'AccessDenied',
      text: `Access to ${where} was denied. Check the secret git-token for namespace ${source.namespace}: it needs to read the repository's contents.`,
    };
  }
  if (exitCode === exitCodes.clone.network) {
    return {
      type: 'Unavailable',
      text: `The build could not fetch ${where}. Check that its host can be reached from where builds run.`,
    };
  }
  return unexpected('clone', exitCode);
}

function explainBuild(exitCode: number, { plan }: Described, log: string): Explanation {
  if (exitCode === exitCodes.build.noDockerfile && plan.kind === 'docker') {
    return {
      type: 'SourceNotFound',
      text: `There is no Dockerfile at ${plan.dockerfile}, or no folder ${plan.context} for its context, inside the repository. Check the parameters docker-context and dockerfile-path; both are relative to the repository.`,
    };
  }
  if (exitCode === exitCodes.build.noPackageManager) {
    return { type: 'BuildFailed', text: `${whatIsBuilt(plan)} cannot be built: ${packageManagerProblem(log)}` };
  }
  if (exitCode === exitCodes.build.infrastructure) {
    return {
      type: 'BuildInfrastructure',
      text: 'The builder did not start, or could not reach the registry of a base image.',
    };
  }
  if (exitCode === exitCodes.build.failed) {
    const cause =
      plan.kind === 'react'
        ? (frontendCause(log, plan.buildCommand) ?? failureCause(log, 'SLIPWAY_FRONTEND_IMAGES'))
        : failureCause(log, 'the FROM lines');
    return { type: 'BuildFailed', text: `The image build of ${whatIsBuilt(plan)} failed: ${cause}` };
  }
  return unexpected('build', exitCode);
}

function whatIsBuilt(plan: Described['plan']): string {
  if (plan.kind === 'docker') return plan.dockerfile;
  return plan.app === '.' ? 'the application' : plan.app;
}

function explainPush(exitCode: number, { image, source }: Described, log: string): Explanation {
  const where = `${image.registry}/${image.name}`;
  if (exitCode === exitCodes.push.unauthenticated) {
    return {
      type: 'AccessDenied',
      text: `The registry did not accept our credentials for ${where}. Check the secret registry-auth for namespace ${source.namespace}: it must hold an entry for ${image.registry}.`,
    };
  }
  if (exitCode === exitCodes.push.denied) {
    return {
      type: 'AccessDenied',
      text: `Uploading to ${where} was denied. The account in the secret registry-auth for namespace ${source.namespace} needs the right to push there.`,
    };
  }
  if (exitCode === exitCodes.push.network && /x509:|certificate signed by unknown authority/.test(log)) {
    return {
      type: 'Unavailable',
      text: `The certificate of ${image.registry} is not trusted where builds run. Add its authority to the file that SLIPWAY_CA_FILE names.`,
    };
  }
  if (exitCode === exitCodes.push.network) {
    return {
      type: 'Unavailable',
      text: `The image could not be uploaded to ${where}. Check that the registry can be reached from where builds run; a registry that speaks plain http must be named in the settings.`,
    };
  }
  return unexpected('push', exitCode);
}

const explainers: Readonly<Record<BuildStep, Explain>> = {
  clone: explainClone,
  build: explainBuild,
  push: explainPush,
};

function unexpected(step: string, exitCode: number): Explanation {
  return { type: 'BuildInfrastructure', text: `The ${step} step ended with the unexpected code ${exitCode}.` };
}
