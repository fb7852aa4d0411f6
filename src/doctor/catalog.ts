import type { Catalog } from '../catalog/catalog.ts';
import type { Check } from './check.ts';

/** Can the catalog be read, and does it hold something to run? */
export function checkCatalog(catalog: Catalog, namespace: string): Check {
  return {
    name: 'catalog',
    async run() {
      const [workflows, components] = await Promise.all([
        catalog.names('ComponentWorkflow', namespace),
        catalog.names('Component', namespace),
      ]);
      const found = `${catalog.description}: ${count(components.length, 'Component')} and ${count(workflows.length, 'ComponentWorkflow')} in namespace ${namespace}`;
      if (components.length > 0 && workflows.length > 0) return { state: 'ok', text: found };
      return { state: 'warn', text: found, fix: 'add them there, or correct SLIPWAY_CATALOG' };
    },
  };
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
