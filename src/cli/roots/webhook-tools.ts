import { createDirectoryCatalog } from '../../catalog/directory-catalog.ts';
import { createFindCandidates } from '../../webhooks/candidates.ts';
import type { ExplainTools } from '../webhook-explain.ts';
import { readConfig } from './plan-tools.ts';

/** What deliveries are explained with: the catalog of a folder, and what this shell's settings say of hosts. Throws `UsageError`. */
export function openExplainTools(environment: NodeJS.ProcessEnv, catalogFolder: string): ExplainTools {
  const { repositoryHosts, flows } = readConfig(environment, catalogFolder);
  return {
    catalog: createDirectoryCatalog(catalogFolder),
    findCandidates: createFindCandidates(flows),
    hosts: repositoryHosts,
  };
}
