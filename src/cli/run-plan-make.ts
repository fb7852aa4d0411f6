import type { Catalog } from '../catalog/catalog.ts';
import type { Plan } from '../runs/plan.ts';
import { readRun } from '../runs/read-run.ts';
import { type PlanDefaults, resolvePlan } from '../runs/resolve.ts';
import type { PlanRequest } from './run-plan.ts';
import { generatedFiles } from './run-plan-frontend.ts';
import { type LookDeps, lookAtSource, previewRelease } from './run-plan-look.ts';
import type { LookedPlan } from './run-plan-text.ts';
import { hostWarnings, type PlanSettings } from './run-plan-warnings.ts';

/** What a plan is made with. */
export interface PlanTools extends PlanSettings {
  readonly catalog: Catalog;
  readonly planDefaults: PlanDefaults;
  /** True where builds trust authorities of the settings. */
  readonly hasCertificates: boolean;
  /** Gives what reads the plan's repositories; asks nobody yet. */
  look(plan: Plan): LookDeps;
}

/** Plans the run of a file's text, and looks at its repositories only where that is wanted. Throws what the run's first steps would. */
export async function makePlan(request: PlanRequest, tools: PlanTools, signal: AbortSignal): Promise<LookedPlan> {
  const run = readRun(request.text, request.file);
  const { catalog, planDefaults, hasCertificates } = tools;
  const defaults = { ...planDefaults, httpHosts: 'any' } as const;
  const resolved = await resolvePlan({ run, catalog, workflowId: null, defaults });
  const plan = { ...resolved, warnings: [...resolved.warnings, ...(await hostWarnings(resolved, tools))] };
  if (!request.resolve && !request.diff)
    return { plan, generated: generatedFiles(plan, hasCertificates, null), diff: null };
  const deps = tools.look(plan);
  const source = await lookAtSource(deps, plan, signal);
  const pinned = {
    ...plan,
    build: source.build,
    source: { ...plan.source, commit: source.commit },
    warnings: [...plan.warnings, ...source.warnings],
  };
  const generated = generatedFiles(pinned, hasCertificates, source.packages);
  if (!request.diff) return { plan: pinned, generated, diff: null };
  const { diff, environment, pipeline, warnings } = await previewRelease(deps, pinned, source, signal);
  const gitops = { ...pinned.gitops, environment, pipeline };
  return { plan: { ...pinned, gitops, warnings: [...new Set([...pinned.warnings, ...warnings])] }, generated, diff };
}
