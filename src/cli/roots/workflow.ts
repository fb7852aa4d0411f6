import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { streamOut } from '../out.ts';
import type { Outs } from '../usage.ts';
import type { WorkflowDeps } from '../workflows.ts';

type WorkflowCommand = (args: readonly string[], deps: WorkflowDeps, outs: Outs) => Promise<number>;

/** Does a command about ComponentWorkflows in the surroundings of this process. What takes long to load comes when it is used. */
export async function runWorkflowCommand(command: WorkflowCommand, args: readonly string[]): Promise<number> {
  const { env } = process;
  const deps: WorkflowDeps = {
    readFile: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
    async openTools(folder) {
      const { openPlanTools } = await import('./plan-tools.ts');
      const { catalog, planDefaults } = openPlanTools(env, folder);
      return { catalog, flows: planDefaults.flows };
    },
    async readFlows() {
      const { readConfig } = await import('./plan-tools.ts');
      // Whatever catalog is set, a file needs none.
      return readConfig(env, '.').flows;
    },
  };
  return command(args, deps, { out: streamOut(process.stdout, env), err: streamOut(process.stderr, env) });
}
