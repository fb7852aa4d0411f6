import { z } from 'zod';
import { Failure } from '../failures.ts';
import { ComponentWorkflowRun } from '../openchoreo/kinds/component-workflow-run.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { fieldPath, listProblems, type Problem } from '../openchoreo/workflow/problem.ts';
import { valueAt } from '../openchoreo/workflow/render.ts';
import { fieldsWithTokens, looksLikeToken } from './known-tokens.ts';
import type { Trigger } from './plan.ts';
import { zodProblems } from './zod-problems.ts';

/** What a ComponentWorkflowRun asks for. Its parameters are still to be checked against the ComponentWorkflow. */
export interface RunRequest {
  readonly name: string;
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly workflow: string;
  readonly systemParameters: unknown;
  readonly parameters: unknown;
  readonly noCache: boolean;
  readonly trigger: Trigger;
}

/**
 * Reads a ComponentWorkflowRun; its name may come from the workflow's id `run/<namespace>/<name>`, which must fit it where
 * it is not null. Throws `InvalidRun` with all mistakes at once.
 */
export function readRunRequest(run: unknown, workflowId: string | null): RunRequest {
  const parsed = ComponentWorkflowRun.safeParse(withName(run, workflowId));
  if (!parsed.success) {
    const problems = [...lostIndentation(run), ...zodProblems(parsed.error)];
    const own = problems.filter(({ path }) => !path.startsWith(systemParametersPath));
    // The ComponentWorkflow may have defaults for system parameters, so it is the one to judge them.
    if (own.length > 0)
      throw invalidRun([...problems, ...unknownFields(run, 'spec', specFields), ...tokenProblems(run)]);
  }
  const request = toRequest(Loose.parse(withName(run, workflowId)));
  const problems = [
    ...tokenProblems(run),
    ...unknownFields(run, 'spec', specFields),
    ...request.problems,
    ...idProblems(request.value, workflowId),
  ];
  if (problems.length > 0) throw invalidRun(problems);
  return request.value;
}

/** The failure that lists a run's mistakes. */
export function invalidRun(problems: readonly Problem[]): Failure {
  // A field's name can be a token too, by a slip of the hand.
  const shown = listProblems(problems.filter(({ path }) => !looksLikeToken(path)));
  return new Failure(
    'InvalidRun',
    `The ComponentWorkflowRun does not fit; change these fields and start it again:${shown}`,
  );
}

/** What is known below `spec`; the ComponentWorkflow says what is known below the parameters. */
const specFields: FieldTree = {
  owner: { projectName: {}, componentName: {} },
  workflow: { name: {}, systemParameters: { repository: {} }, parameters: {} },
  ttlAfterCompletion: {},
};

interface FieldTree {
  readonly [name: string]: FieldTree;
}

/** Without this a slip such as `paramters` would run with nothing but defaults. */
function unknownFields(run: unknown, path: string, fields: FieldTree): readonly Problem[] {
  const value = valueAt(run, path);
  if (!isPlainObject(value)) return [];
  return Object.keys(value).flatMap((name) => {
    const below = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (below === undefined)
      return [{ path: fieldPath(path, name), message: `unknown field; known here: ${Object.keys(fields).join(', ')}` }];
    return Object.keys(below).length === 0 ? [] : unknownFields(run, `${path}.${name}`, below);
  });
}

/** A text that was copied from a page may have lost all its blanks. */
function lostIndentation(run: unknown): readonly Problem[] {
  if (!isPlainObject(run) || !('spec' in run) || isPlainObject(run['spec']) || !('workflow' in run)) return [];
  return [{ path: 'spec', message: 'is empty, and its fields stand beside it: has the indentation been lost?' }];
}

const systemParametersPath = 'spec.workflow.systemParameters.';

const Time = z.iso.datetime({ offset: true });

const Annotations = z.object({
  'slipway.dev/no-cache': z.enum(['true', 'false'], 'must be "true" or "false"').default('false'),
  'slipway.dev/trigger': z.enum(['manual', 'webhook', 'sweep'], 'must be manual, webhook or sweep').default('manual'),
  'slipway.dev/actor': z.string().max(200, 'must be at most 200 characters').default(''),
  'slipway.dev/delivery': z.string().max(200, 'must be at most 200 characters').default(''),
  'slipway.dev/before': z
    .string()
    .regex(/^([0-9a-f]{40})?$/, 'must be a full commit, 40 hexadecimal digits')
    .default(''),
  'slipway.dev/received-at': z
    .string()
    .refine((text) => text === '' || Time.safeParse(text).success, 'must be a time such as 2026-02-28T12:00:00Z')
    .default(''),
});

/** The parts that are read once the whole has been checked. */
const Loose = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.object({
    owner: z.object({ projectName: z.string(), componentName: z.string() }),
    workflow: z.object({ name: z.string(), systemParameters: z.unknown(), parameters: z.unknown().optional() }),
  }),
});

function toRequest({ metadata, spec }: z.infer<typeof Loose>): { value: RunRequest; problems: readonly Problem[] } {
  const annotations = Annotations.safeParse(metadata.annotations ?? {});
  const given: Partial<z.infer<typeof Annotations>> = annotations.data ?? {};
  const before = given['slipway.dev/before'] ?? '';
  const value: RunRequest = {
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    project: spec.owner.projectName,
    component: spec.owner.componentName,
    workflow: spec.workflow.name,
    systemParameters: spec.workflow.systemParameters,
    parameters: spec.workflow.parameters,
    noCache: given['slipway.dev/no-cache'] === 'true',
    trigger: {
      kind: given['slipway.dev/trigger'] ?? 'manual',
      actor: given['slipway.dev/actor'] || null,
      delivery: given['slipway.dev/delivery'] || null,
      // A push that makes a branch tells zeros as the commit before.
      before: /^0*$/.test(before) ? null : before,
      receivedAt: given['slipway.dev/received-at'] || null,
    },
  };
  const annotationProblems = annotations.success ? [] : zodProblems(annotations.error, 'metadata.annotations');
  return { value, problems: [...nameProblems(value), ...annotationProblems] };
}

function nameProblems({ name, namespace, project, component, workflow }: RunRequest): readonly Problem[] {
  const checked: readonly (readonly [path: string, text: string, longest: number])[] = [
    ['metadata.name', name, 253],
    ['metadata.namespace', namespace, 63],
    ['spec.owner.projectName', project, 253],
    ['spec.owner.componentName', component, 253],
    ['spec.workflow.name', workflow, 253],
  ];
  const message =
    'must be a Kubernetes name: small letters, digits, "-" and ".", beginning and ending with a letter or digit';
  return checked.flatMap(([path, text, longest]) =>
    text.length <= longest && isResourceName(text) ? [] : [{ path, message }],
  );
}

const isResourceName = (text: string): boolean =>
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);

/** Fields of a run that hold what looks like a token; a run is part of the history and so visible. */
export function tokenProblems(run: unknown): readonly Problem[] {
  const message =
    'looks like a token. Take it out, revoke it, and store a new one as a secret: parameters are visible to everybody';
  return fieldsWithTokens(run, '').map((path) => ({ path, message }));
}

function withName(run: unknown, workflowId: string | null): unknown {
  if (!isPlainObject(run)) return run;
  const name = /^run\/[^/]+\/([^/]+)$/.exec(workflowId ?? '')?.[1];
  const metadata = run['metadata'] ?? {};
  if (name === undefined || !isPlainObject(metadata)) return run;
  return { ...run, metadata: { ...metadata, name: metadata['name'] ?? name } };
}

function idProblems({ namespace, name }: RunRequest, workflowId: string | null): readonly Problem[] {
  const wanted = `run/${namespace}/${name}`;
  if (workflowId === null || workflowId === wanted) return [];
  const message =
    `with the namespace "${namespace}" the workflow's id must be "${wanted}", not "${workflowId}": ` +
    'start it under that id, or correct metadata.name and metadata.namespace';
  return [{ path: 'metadata.name', message }];
}
