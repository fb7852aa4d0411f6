import { resolve } from 'node:path';
import { Failure } from '../failures.ts';
import type { Change } from '../occ/change.ts';
import { type Context, readContext } from '../occ/context.ts';
import { type FlagNames, type Flags, parseFlags } from '../occ/flags.ts';
import { refuse } from '../occ/scope.ts';
import { createStagedFiles } from '../occ/staged-files.ts';
import { readTree, type Tree } from '../occ/tree.ts';
import { unifiedDiff } from '../occ/unified-diff.ts';
import { type Dialect, dialects } from '../openchoreo/generate/dialect.ts';
import type { Repository } from '../openchoreo/repository/repository.ts';
import { describeWarning, type Warning } from '../openchoreo/warning.ts';
import type { Outs } from './usage.ts';

const maximumWarnings = 100;

/** Where a command of the file mode is called. */
export interface OccDeps {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The local date, `YYYYMMDD`. */
  readonly today: string;
}

/** One call of a command: what it was asked for, and what it tells. */
export interface OccCall {
  readonly flags: Flags;
  readonly context: Context | undefined;
  readonly dialect: Dialect | undefined;
  readonly dryRun: boolean;
  readTree(): Tree;
  /** A line for people; not with `--json`. */
  say(line: string): void;
  /** Tells each warning once, to people not more than a hundred of them. */
  warn(warning: Warning): void;
  /** Notes an error of one of many components. */
  fail(message: string): void;
  /** Has a file written where the command ends with 0, unless this is a dry run, and shows its difference where that was asked for. */
  write(change: Change): void;
  /** What came out beside the files, for `--json`. */
  note(result: object): void;
}

/** Flags of all three commands. */
export const commonFlags = {
  texts: ['mode', 'root-dir', 'namespace', 'project', 'component', 'dialect'],
  switches: ['dry-run', 'diff', 'json'],
};

/** Reads the arguments as `occ` does and does the work. 1 after any error, which is one line that begins with `Error:`. */
export async function occCommand(
  { help, names }: { readonly help: string; readonly names: FlagNames },
  args: readonly string[],
  { cwd, environment }: OccDeps,
  { out, err }: Outs,
  work: (call: OccCall) => number,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    out.write(help);
    return 0;
  }
  const report = { files: [] as object[], results: [] as object[], warnings: [] as Warning[], errors: [] as string[] };
  const isJson = args.includes('--json') || args.includes('--json=true');
  const say = (line: string) => (isJson ? undefined : out.write(`${line}\n`));
  const fail = (message: string) => {
    report.errors.push(message);
    if (!isJson) err.write(`${message}\n`);
  };
  const warned = new Set<string>();
  const warn = ({ file, line, text }: Warning) => {
    const described = describeWarning({ file, line, text });
    if (warned.has(described)) return;
    warned.add(described);
    report.warnings.push({ file, line, text });
    if (!isJson && warned.size <= maximumWarnings) err.write(`Warning: ${described}\n`);
  };
  const files = createStagedFiles();
  const perform = (): number => {
    const flags = parseFlags(names, args);
    const dryRun = flags.on('dry-run');
    const diff = flags.on('diff');
    const exit = work({
      flags,
      context: readContext(environment),
      dialect: readDialect(flags.text('dialect')),
      dryRun,
      readTree() {
        say('Loading index...');
        const { root, repository } = readTree(resolve(cwd, flags.text('root-dir')), files.read);
        const read: Repository['read'] = (entry) => {
          const manifest = repository.read(entry);
          for (const warning of manifest.warnings) warn(warning);
          return manifest;
        };
        return { root, repository: { ...repository, read } };
      },
      say,
      warn,
      fail,
      write(change) {
        const { path, text, before } = change;
        const action = before === null ? 'created' : before === text ? 'unchanged' : 'updated';
        const shown = diff ? unifiedDiff(change) : '';
        const written = !dryRun && before !== text;
        if (written) files.add(change);
        report.files.push({ path, action, written, ...(diff && { diff: shown }) });
        if (shown !== '' && !isJson) out.write(shown);
      },
      note: (result) => report.results.push(result),
    });
    if (exit === 0) files.commit();
    else fail('Error: nothing is written, as --strict asks');
    return exit;
  };
  const exit = attempt(perform, (message) => fail(`Error: ${message}`), files.discard);
  if (exit !== 0) report.files = report.files.map((file) => ({ ...file, written: false }));
  const untold = warned.size - maximumWarnings;
  if (untold > 0 && !isJson) err.write(`Warning: and ${untold} more, which --json shows\n`);
  if (isJson) out.write(`${JSON.stringify(report, null, 2)}\n`);
  return exit;
}

function attempt(work: () => number, failed: (message: string) => void, tidy: () => void): number {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    failed(error.message);
    return 1;
  } finally {
    tidy();
  }
}

function readDialect(text: string): Dialect | undefined {
  if (text === '') return undefined;
  return dialects.find((dialect) => dialect === text) ?? refuse(`--dialect must be one of ${dialects.join(', ')}`);
}
