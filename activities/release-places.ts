import type { Catalog } from '../src/catalog/catalog.ts';
import { automaticRun } from '../src/runs/automatic-run.ts';
import type { ImagePlan, Plan } from '../src/runs/plan.ts';
import { type PlanDefaults, resolvePlan } from '../src/runs/resolve.ts';
import type { FindCandidates } from '../src/webhooks/candidates.ts';

export interface PlacesDeps {
  readonly catalog: Catalog;
  readonly findCandidates: FindCandidates;
  readonly planDefaults: PlanDefaults;
}

/** A GitOps repository that releases go to. */
export interface GitopsPlace {
  readonly repository: string;
  /** A namespace whose credential may be used there. */
  readonly namespace: string;
  readonly branches: readonly string[];
}

/** An image that builds make. */
export interface ImagePlace {
  readonly image: Pick<ImagePlan, 'registry' | 'name'>;
  readonly namespace: string;
}

const noTrigger = { kind: 'sweep', actor: null, delivery: null, receivedAt: null } as const;

/** Where the catalog's components release to, each place once. A component that no push could build is left out. */
export async function findPlaces(
  deps: PlacesDeps,
): Promise<{ readonly gitops: readonly GitopsPlace[]; readonly images: readonly ImagePlace[] }> {
  const plans = await plansOf(deps);
  const byRepository = Map.groupBy(plans, ({ namespace, gitops }) => `${namespace} ${gitops.repository}`);
  const byImage = Map.groupBy(plans, ({ namespace, image }) => `${namespace} ${image.registry}/${image.name}`);
  return {
    gitops: [...byRepository.values()].flatMap(([first, ...more]) =>
      first === undefined ? [] : [toGitopsPlace(first, more)],
    ),
    images: [...byImage.values()].flatMap(([first]) =>
      first === undefined ? [] : [{ image: first.image, namespace: first.namespace }],
    ),
  };
}

function toGitopsPlace({ namespace, gitops }: Plan, more: readonly Plan[]): GitopsPlace {
  const branches = [gitops.branch, ...more.map((plan) => plan.gitops.branch)];
  return { repository: gitops.repository, namespace, branches: [...new Set(branches)] };
}

async function plansOf({ catalog, findCandidates, planDefaults }: PlacesDeps): Promise<readonly Plan[]> {
  const now = await catalog.now();
  const plans: Plan[] = [];
  for (const { component } of await findCandidates(now)) {
    if (component?.spec.workflow === undefined) continue;
    const request = { commit: '0'.repeat(40), before: null, occurrence: '', trigger: noTrigger };
    const run = automaticRun(component, request);
    const plan = await resolvePlan({ run, catalog: now, workflowId: null, defaults: planDefaults }).catch(() => null);
    if (plan !== null) plans.push(plan);
    // Thousands must not hold up everything else.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return plans;
}
