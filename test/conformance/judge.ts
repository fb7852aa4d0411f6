import { join } from 'node:path';
import { splitDocuments } from '../../src/openchoreo/yaml/documents.ts';
import { readExactly } from '../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../src/openchoreo/yaml/write.ts';
import { type Case, type Files, readFiles, type Step } from './cases.ts';
import type { Ran } from './run-case.ts';

interface Wanted {
  readonly files: string;
  readonly deleted: readonly string[];
  step(step: Step): { readonly exit: number; readonly says: readonly string[] };
}

/** Why a case does not pass, or nothing where it does: it is as the original tool has it, or as a better one would. */
export function judge(folder: string, recorded: Case, ran: Ran): readonly string[] {
  const original: Wanted = { files: 'expected', deleted: recorded.deleted, step: (step) => step };
  const better: Wanted = {
    files: 'expected-port',
    deleted: recorded.port_deleted ?? recorded.deleted,
    step: (step) => step.port ?? step,
  };
  const { occ, port_files: portFiles, may_refuse: mayRefuse } = recorded;
  const wanted = [...(occ === 'bug' ? [] : [original]), ...(portFiles === undefined ? [] : [better])];
  if (mayRefuse && refused(ran)) return [];
  const problems = wanted.map((one) => compare(folder, ran, one));
  return problems.some((found) => found.length === 0) ? [] : problems.flat();
}

function refused({ runs, before, after }: Ran): boolean {
  const isSame = before.size === after.size && [...before].every(([path, text]) => after.get(path) === text);
  return isSame && runs.some(({ exit, stderr }) => exit !== 0 && stderr !== '');
}

function compare(
  folder: string,
  { runs, before, after, fill }: Ran,
  { files, deleted, step: wanted }: Wanted,
): string[] {
  const steps = runs.flatMap(({ step, exit, said }, index) => {
    const { exit: wantedExit, says } = wanted(step);
    const missing = says.map(fill).filter((text) => !said.includes(text));
    return [
      ...(exit === wantedExit ? [] : [`run ${index + 1} ends with ${exit}, not ${wantedExit}: ${said}`]),
      ...missing.map((text) => `run ${index + 1} does not say "${text}": ${said}`),
    ];
  });
  const expected: Files = new Map([...readFiles(join(folder, files))].map(([path, text]) => [fill(path), fill(text)]));
  const gone = new Set(deleted.map(fill));
  const paths = new Set([...before.keys(), ...expected.keys(), ...after.keys()]);
  const differences = [...paths].flatMap((path) => {
    const [text, is] = [expected.get(path), after.get(path)];
    const should = text ?? (gone.has(path) ? undefined : before.get(path));
    if (is === should) return [];
    if (is === undefined) return [`${path} is missing`];
    if (should === undefined) return [`${path} should not be there:\n${is}`];
    if (text !== undefined && meaning(is, path) === meaning(text, path)) return [];
    return [`${path} differs:\n${is}\nwanted:\n${should}`];
  });
  return [...steps, ...differences];
}

/** What YAML says, whatever its style; other files as they are. */
function meaning(text: string, path: string): string {
  if (!/\.ya?ml$/i.test(path)) return text;
  return splitDocuments(text)
    .map((range) => writeYaml(readExactly(text, range, path)))
    .join('---\n');
}
