import { Failure } from '../failures.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { parseYaml } from '../openchoreo/yaml/read.ts';
import { invalidRun, tokenProblems } from './run-request.ts';

/**
 * The one ComponentWorkflowRun of a YAML or JSON file; other documents beside it are refused too. Throws `InvalidRun`, also
 * for a run that holds what looks like a token, so that it is never sent anywhere.
 */
export function readRun(text: string, name: string): unknown {
  const documents = parseYaml(text, name).filter((document) => document !== null && document !== undefined);
  const kinds = documents.map((document) =>
    isPlainObject(document) ? String(document['kind'] ?? 'no kind') : 'no resource',
  );
  const [run] = documents;
  if (documents.length !== 1 || kinds[0] !== 'ComponentWorkflowRun') {
    const found = kinds.length === 0 ? 'nothing' : kinds.join(', ');
    const fix = documents.length > 1 ? ' Put each run into a file of its own.' : '';
    throw new Failure('InvalidRun', `${name}: must hold exactly one ComponentWorkflowRun, but holds ${found}.${fix}`);
  }
  const problems = tokenProblems(run);
  if (problems.length > 0) throw invalidRun(problems);
  return run;
}
