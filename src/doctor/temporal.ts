import type { Connection } from '@temporalio/client';
import { missingSearchAttributes, namespaceExists } from '../temporal/inspect.ts';
import type { Check } from './check.ts';

export interface TemporalAccess {
  readonly address: string;
  readonly namespace: string;
  /** The same connection at every call; rejects when Temporal does not answer. */
  connect(): Promise<Connection>;
}

/** Does Temporal answer, and is its namespace there? */
export function checkTemporal({ address, namespace, connect }: TemporalAccess): Check {
  return {
    name: 'temporal',
    async run() {
      let connection: Connection;
      try {
        connection = await connect();
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        return {
          state: 'fail',
          text: `Temporal does not answer at ${address} (${said})`,
          fix: 'set TEMPORAL_ADDRESS, or start one: temporal server start-dev',
        };
      }
      if (await namespaceExists(connection, namespace))
        return { state: 'ok', text: `${address}, namespace ${namespace}` };
      return {
        state: 'fail',
        text: `${address} has no namespace ${namespace}`,
        fix: `set TEMPORAL_NAMESPACE, or make it: temporal operator namespace create -n ${namespace}`,
      };
    },
  };
}

/** Are the search attributes of runs registered? */
export function checkSearchAttributes({ namespace, connect }: TemporalAccess): Check {
  return {
    name: 'search attributes',
    async run() {
      const missing = await missingSearchAttributes(await connect(), namespace);
      if (missing.length === 0) return { state: 'ok', text: 'registered' };
      return {
        state: 'warn',
        text: `namespace ${namespace} lacks ${missing.join(', ')}: runs cannot be searched by them`,
        fix: 'a worker registers them at its start; where it may not, let an operator do so, each of type Keyword',
      };
    },
  };
}
