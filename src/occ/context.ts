import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failures.ts';
import { describeIssues } from '../openchoreo/kinds/issues.ts';
import { parseTyped } from '../openchoreo/yaml/read.ts';
import { fields, items, words } from '../openchoreo/yaml/typed.ts';

/** What commands take where a flag is not given. Empty text: nothing. */
export interface Context {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
}

const ContextFile = fields({
  currentContext: words,
  contexts: items(fields({ name: words, namespace: words, project: words, component: words })),
});

/**
 * The current context of the original tool's configuration, which is only read; `SLIPWAY_NAMESPACE` replaces its namespace. Without a
 * file it is the one that the original tool would make. Undefined where no context is current.
 */
export function readContext(environment: NodeJS.ProcessEnv): Context | undefined {
  const home = environment['HOME'];
  if (!home)
    throw new Failure('InvalidRun', 'failed to get home directory: $HOME is not set; set it, or pass a context');
  const file = join(home, '.openchoreo', 'config');
  const context = currentContext(file, environment);
  const namespace = environment['SLIPWAY_NAMESPACE'];
  return namespace ? { project: '', component: '', ...context, namespace } : context;
}

function currentContext(file: string, environment: NodeJS.ProcessEnv): Context | undefined {
  const text = read(file);
  if (text === undefined) {
    const { CHOREO_DEFAULT_ORG: namespace, CHOREO_DEFAULT_PROJECT: project } = environment;
    return { namespace: namespace || 'default', project: project || 'default', component: '' };
  }
  const result = ContextFile.safeParse(parseTyped(text, file, 'InvalidRun'));
  if (!result.success)
    throw new Failure('InvalidRun', `failed to parse config: ${file}: ${describeIssues(result.error)}`);
  const { currentContext: name, contexts } = result.data;
  if (name === '') return undefined;
  const found = contexts.find((context) => context.name === name);
  if (found) return found;
  throw new Failure(
    'InvalidRun',
    `current context "${name}" not found: ${file} has no context of that name; correct currentContext`,
  );
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Failure(
      'InvalidRun',
      `failed to read config: ${file}: ${error instanceof Error ? error.message : error}`,
    );
  }
}
