import { type Check, type Finding, runChecks } from '../doctor/check.ts';
import { type Out, paint } from './out.ts';
import { type Outs, runCommand, UsageError } from './usage.ts';
import { indent } from './wrap.ts';

export interface DoctorDeps {
  /** Text of a file; `-` is standard input. */
  readFile(path: string): Promise<string>;
  /** Opens the checks of this machine and, where there is one, of the run in a file's text. */
  open(run: { readonly text: string; readonly file: string } | null): Promise<OpenedChecks>;
}

export interface OpenedChecks {
  readonly checks: readonly Check[];
  /** Takes secrets out of a text, should one have got into it. */
  redact(text: string): string;
  /** Lets go of what the checks hold. */
  close(): Promise<void>;
}

const limitMs = 20_000;

const help = `slipway doctor [-f FILE] [--json]

Looks at everything that a run needs, with the settings of this shell, and says what to mend.
Changes nothing.

  -f, --file FILE        a ComponentWorkflowRun: also checks its repositories, tokens and registry
  --json                 prints one JSON object instead: ok, and checks (check, state, text, fix)

What proves what a token may do; no call can change anything:

  git-token      git ls-remote of the source: may read it
  status-token   POST /repos/:o/:r/statuses/000…0: refused with 422 where it may set statuses,
                 with 403 or 404 where it may not
  gitops-token   git ls-remote and git push --dry-run: may read and push
                 GET /repos/:o/:r: permissions.push, x-oauth-scopes and the day it expires; also
                 whether the repository is archived or has pull requests turned off
                 POST /repos/:o/:r/pulls from the base branch into itself: refused with 422 where it
                 may open them
  registry-auth  HEAD of a manifest: may pull; an upload started and cancelled: may push

  slipway doctor
  slipway doctor -f run.yaml

Exit codes: 0 nothing fails (there may be warnings), 1 something does, 2 wrong usage.
`;

const options = { file: { type: 'string', short: 'f' }, json: { type: 'boolean', default: false } } as const;

/** Runs the checks and prints a line for each; 1 when one of them fails. */
export async function doctor(args: readonly string[], deps: DoctorDeps, outs: Outs): Promise<number> {
  return runCommand({ command: 'doctor', help, options }, args, outs, async ({ file, json }) => {
    const run = file === undefined ? null : { file, text: await readText(file, deps) };
    const { out } = outs;
    const { checks, redact, close } = await deps.open(run);
    const findings: Finding[] = [];
    try {
      for await (const raw of runChecks(checks, limitMs)) {
        const finding = { ...raw, text: redact(raw.text), fix: raw.fix && redact(raw.fix) };
        findings.push(finding);
        if (!json) out.write(findingText(finding, out));
      }
    } finally {
      await close();
    }
    const ok = findings.every(({ state }) => state !== 'fail');
    if (json) out.write(`${JSON.stringify({ ok, checks: findings }, null, 2)}\n`);
    else if (run === null) out.write('\nWith -f FILE it also checks the repositories, tokens and registry of a run.\n');
    return ok ? 0 : 1;
  });
}

async function readText(file: string, { readFile }: DoctorDeps): Promise<string> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
const stateWidth = 6;
const nameWidth = 18;

function findingText({ check, state, text, fix }: Finding, out: Out): string {
  const column = stateWidth + nameWidth;
  const first = `${paint(out, colours[state], state.padEnd(stateWidth))}${check.padEnd(nameWidth)}${indent(text, column)}\n`;
  return fix === null ? first : `${first}${' '.repeat(column)}→ ${indent(fix, column + 2)}\n`;
}
