import { recentPollers } from '../temporal/inspect.ts';
import { buildTaskQueue, taskQueue } from '../temporal/names.ts';
import type { Check } from './check.ts';
import type { TemporalAccess } from './temporal.ts';

/** Does a worker ask for workflows and short steps, and one for builds? */
export function checkWorkers({ namespace, connect }: TemporalAccess): Check {
  return {
    name: 'workers',
    async run() {
      const connection = await connect();
      const polling = (queue: string, tasks: 'workflows' | 'activities') =>
        recentPollers(connection, namespace, queue, tasks);
      const [workflows, steps] = await Promise.all([polling(taskQueue, 'workflows'), polling(taskQueue, 'activities')]);
      if (workflows.length === 0 || steps.length === 0) {
        return {
          state: 'fail',
          text: `no worker has asked task queue ${taskQueue} for work within two minutes`,
          fix: 'start one: slipway worker',
        };
      }
      // A worker is known as <process>@<host>, and builds of the local plane stay on the host of their worker.
      const hosts = new Set(workflows.map((identity) => identity.slice(identity.indexOf('@') + 1)));
      const queues = [null, ...hosts].map(buildTaskQueue);
      const builders = await Promise.all(queues.map((queue) => polling(queue, 'activities')));
      const polled = queues.filter((_, at) => (builders[at] ?? []).length > 0);
      if (polled.length === 0) {
        return {
          state: 'fail',
          text: `workers run, but none has asked for builds (${queues.join(', ')}) within two minutes`,
          fix: 'look at the log of the worker, and start it again',
        };
      }
      return { state: 'ok', text: `${new Set(workflows).size} on ${taskQueue}; builds on ${polled.join(', ')}` };
    },
  };
}
