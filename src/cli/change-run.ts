import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { UsageError } from './usage.ts';

/** A value for a field of a run, as `--set` and `--commit` give it. */
export interface FieldChange {
  /** Keys from the top, such as `spec`, `workflow`, `parameters`. */
  readonly path: readonly string[];
  readonly text: string;
}

/** Where a run says at which commit it builds. */
export const commitPath = ['spec', 'workflow', 'systemParameters', 'repository', 'revision', 'commit'] as const;

/** Reads `spec.workflow.parameters.docker.filePath=./Dockerfile`; a name with dots is written `["a.b/c"]`. Throws `UsageError`. */
export function parseFieldChange(argument: string): FieldChange {
  const [, path = '', text = ''] = /^((?:\[[^\]]*\]|[^=[])+)=(.*)$/s.exec(argument) ?? [];
  const parts = [...path.matchAll(/(?:^|\.)([\w-]+)|\["([^"\]]+)"\]/gy)];
  const whole = parts.map(([part]) => part).join('') === path;
  const keys = parts.map(([, plain, quoted]) => plain ?? quoted ?? '');
  if (!whole || (keys[0] !== 'metadata' && keys[0] !== 'spec') || keys.length < 2) {
    throw new UsageError(
      `--set ${argument}: give path=value, the path from the top of the run, such as spec.workflow.parameters.docker.filePath=./Dockerfile`,
    );
  }
  return { path: keys, text };
}

/** A copy of the run with that field set. Throws `UsageError` where the way to it leads through something that is no mapping. */
export function changeField(run: unknown, { path, text }: FieldChange): unknown {
  return change(run, path, 0, text);
}

function change(target: unknown, path: readonly string[], depth: number, text: string): unknown {
  const key = path[depth];
  if (key === undefined) return readValue(text, target, path);
  if (target !== undefined && target !== null && !isPlainObject(target)) {
    throw new UsageError(`--set ${path.join('.')}: ${path.slice(0, depth).join('.')} is no mapping in this run`);
  }
  const fields = target ?? {};
  return { ...fields, [key]: change(Object.hasOwn(fields, key) ? fields[key] : undefined, path, depth + 1, text) };
}

/** Text where there was text before, and for the commit and all metadata; else JSON where it is JSON; else text. */
function readValue(text: string, before: unknown, path: readonly string[]): unknown {
  const isText = typeof before === 'string' || path[0] === 'metadata' || path.join('.') === commitPath.join('.');
  if (isText) return text;
  try {
    const value: unknown = JSON.parse(text);
    // 1.20 is a version, not the number 1.2.
    return typeof value === 'number' && String(value) !== text ? text : value;
  } catch {
    return text;
  }
}
