import type { Catalog } from '../../../src/catalog/catalog.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import { createFindCandidates } from '../../../src/webhooks/candidates.ts';
import type { Push } from '../../../src/webhooks/delivery.ts';
import { type Match, type MatchRules, matchPush } from '../../../src/webhooks/match.ts';
import { catalogOf, platform } from '../runs/sample-resources.ts';

/** A Component that pushes build, with what a test changes of it. */
export interface Sample {
  readonly name?: string;
  readonly namespace?: string;
  readonly url?: string;
  readonly branch?: string;
  readonly appPath?: string;
  readonly context?: string;
  readonly dockerfile?: string;
  readonly descriptor?: string;
  readonly autoBuild?: unknown;
  readonly type?: string;
  readonly workflow?: string | null;
  readonly deletionTimestamp?: string;
}

/** It as a manifest. */
export function component(sample: Sample = {}): string {
  const { name = 'api', namespace = 'default', appPath = '/svc', deletionTimestamp, workflow } = sample;
  const context = sample.context ?? appPath;
  return JSON.stringify({
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace, ...(deletionTimestamp ? { deletionTimestamp } : {}) },
    spec: {
      owner: { projectName: 'shop' },
      componentType: sample.type ?? 'deployment/service',
      ...('autoBuild' in sample ? { autoBuild: sample.autoBuild } : { autoBuild: true }),
      workflow: {
        ...(workflow === null ? {} : { name: workflow ?? 'docker-gitops-release' }),
        systemParameters: {
          repository: {
            url: sample.url ?? 'https://github.com/org/repo',
            revision: { branch: sample.branch ?? 'main' },
            appPath,
          },
        },
        parameters: {
          docker: { context, filePath: sample.dockerfile ?? `${context}/Dockerfile` },
          workloadDescriptorPath: sample.descriptor ?? 'workload.yaml',
        },
      },
    },
  });
}

/** The platform of the samples without its own Components. */
const resources = platform.split('\n---\n').filter((document) => !document.includes('kind: Component\n'));

/** A catalog of the platform and these Components; more documents take the place of what is there. */
export function catalogWith(samples: readonly Sample[], ...more: readonly string[]): Catalog {
  return catalogOf(...resources, ...samples.map(component), ...more);
}

/** No rules of an operator's own. */
export const rules: MatchRules = { hosts: { aliases: {}, caseless: [] }, scope: { allBut: [] } };

/** The matches of a push with all Components of a catalog. */
export async function match(push: Push, catalog: Catalog, given: Partial<MatchRules> = {}): Promise<readonly Match[]> {
  const candidates = await createFindCandidates(builtInFlows)(catalog);
  return matchPush(push, candidates, { ...rules, ...given });
}

/** `start` or the reason for each Component, in the order of the catalog. */
export async function reasons(push: Push, samples: readonly Sample[], given: Partial<MatchRules> = {}) {
  const matches = await match(push, catalogWith(samples), given);
  return matches.map(({ verdict: { outcome, reason } }) => (outcome === 'start' ? 'start' : reason));
}
