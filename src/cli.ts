#!/usr/bin/env node
import { type Commands, dispatch } from './cli/dispatch.ts';
import { streamOut } from './cli/out.ts';

/** Commands by their words. Each is loaded only when it is called, so that help is there at once. */
const commands: Commands = {
  demo: {
    about: 'the whole job on this machine: a commit becomes an image and a pull request',
    run: async (args) => (await import('./cli/roots/demo.ts')).runDemo(args),
  },
  dev: {
    about: 'the same world without samples, for repositories and hosts of your own',
    run: async (args) => (await import('./cli/roots/dev.ts')).runDev(args),
  },
  'run start': {
    about: 'starts the run of a file; --wait shows its steps until it ends',
    run: aboutRuns(async () => (await import('./cli/run-start.ts')).runStart),
  },
  'run plan': {
    about: 'says what the run of a file would do, and starts nothing',
    run: async (args) => (await import('./cli/roots/run-plan.ts')).runRunPlan(args),
  },
  'run list': {
    about: 'lists runs by namespace, component and outcome',
    run: aboutRuns(async () => (await import('./cli/run-list.ts')).runList),
  },
  'run get': {
    about: 'shows one run: its steps, what it made, how it ended',
    run: aboutRuns(async () => (await import('./cli/run-get.ts')).runGet),
  },
  'run watch': {
    about: 'shows the steps of a run as they happen, and ends with it',
    run: aboutRuns(async () => (await import('./cli/run-watch.ts')).runWatch),
  },
  'run logs': {
    about: "prints the log of a run's build; -f goes on until its end",
    run: aboutRuns(async () => (await import('./cli/run-logs.ts')).runLogs),
  },
  'run cancel': {
    about: 'asks a run to end',
    run: aboutRuns(async () => (await import('./cli/run-cancel.ts')).runCancel),
  },
  'run retry': {
    about: 'starts a run that is over again; what was done is found again',
    run: aboutRuns(async () => (await import('./cli/run-retry.ts')).runRetry),
  },
  'workflow list': {
    about: 'lists the ComponentWorkflows of the catalog, and which types allow each',
    run: aboutWorkflows(async () => (await import('./cli/workflow-list.ts')).workflowList),
  },
  'workflow validate': {
    about: 'says all that is wrong with a ComponentWorkflow, by file and line',
    run: aboutWorkflows(async () => (await import('./cli/workflow-validate.ts')).workflowValidate),
  },
  'workflow schema': {
    about: "prints the JSON Schema of a ComponentWorkflow's parameters, or of its runs",
    run: aboutWorkflows(async () => (await import('./cli/workflow-schema.ts')).workflowSchema),
  },
  'workload create': {
    about: 'writes the Workload of a component into a GitOps repository, as occ does',
    run: asOcc(async () => (await import('./cli/workload-create.ts')).workloadCreate),
  },
  'componentrelease generate': {
    about: 'writes ComponentReleases, of one component or of many',
    run: asOcc(async () => (await import('./cli/componentrelease-generate.ts')).componentreleaseGenerate),
  },
  'releasebinding generate': {
    about: 'writes ReleaseBindings, of one component or of many',
    run: asOcc(async () => (await import('./cli/releasebinding-generate.ts')).releasebindingGenerate),
  },
  'webhook explain': {
    about: "says what a webhook's delivery would start, and why not the rest",
    run: async (args) => (await import('./cli/roots/webhook.ts')).runWebhookExplain(args),
  },
  'webhook setup': {
    about: 'says how a code host is told to report pushes',
    run: async (args) => (await import('./cli/roots/webhook.ts')).runWebhookSetup(args),
  },
  'delivery list': {
    about: 'lists the deliveries of webhooks that were taken in',
    run: aboutDeliveries(async () => (await import('./cli/delivery-list.ts')).deliveryList),
  },
  'delivery get': {
    about: 'shows what a delivery started, and why not the rest',
    run: aboutDeliveries(async () => (await import('./cli/delivery-get.ts')).deliveryGet),
  },
  'delivery replay': {
    about: 'has a delivery handled again',
    run: aboutDeliveries(async () => (await import('./cli/delivery-replay.ts')).deliveryReplay),
  },
  doctor: {
    about: 'looks at everything that a run needs and says what to mend',
    run: async (args) => (await import('./cli/roots/doctor.ts')).runDoctor(args),
  },
  serve: {
    about: 'takes webhooks in, so that pushes start runs; stops on SIGINT and SIGTERM',
    run: async (args) => (await import('./cli/roots/serve.ts')).runServe(args),
  },
  controller: {
    about: 'makes runs of what is applied to a cluster, alone or beside OpenChoreo, and shows them there',
    run: async (args) => (await import('./cli/roots/controller.ts')).runControllerCommand(args),
  },
  janitor: {
    about: 'removes what nobody needs any more, or says what that would be',
    run: async (args) => (await import('./cli/roots/janitor.ts')).runJanitor(args),
  },
  worker: {
    about: 'runs the steps of runs; stops on SIGINT and SIGTERM',
    run: async (args) => (await import('./cli/roots/worker.ts')).runWorker(args),
  },
};

type RunCommand = Parameters<typeof import('./cli/roots/run.ts').runRunCommand>[0];

function aboutRuns(load: () => Promise<RunCommand>) {
  return async (args: string[]) => {
    const [{ runRunCommand }, command] = await Promise.all([import('./cli/roots/run.ts'), load()]);
    return runRunCommand(command, args);
  };
}

type DeliveryCommand = Parameters<typeof import('./cli/roots/delivery.ts').runDeliveryCommand>[0];

function aboutDeliveries(load: () => Promise<DeliveryCommand>) {
  return async (args: string[]) => {
    const [{ runDeliveryCommand }, command] = await Promise.all([import('./cli/roots/delivery.ts'), load()]);
    return runDeliveryCommand(command, args);
  };
}

type WorkflowCommand = Parameters<typeof import('./cli/roots/workflow.ts').runWorkflowCommand>[0];

function aboutWorkflows(load: () => Promise<WorkflowCommand>) {
  return async (args: string[]) => {
    const [{ runWorkflowCommand }, command] = await Promise.all([import('./cli/roots/workflow.ts'), load()]);
    return runWorkflowCommand(command, args);
  };
}

type OccCommand = Parameters<typeof import('./cli/roots/occ.ts').runOccCommand>[0];

function asOcc(load: () => Promise<OccCommand>) {
  return async (args: string[]) => {
    const [{ runOccCommand }, command] = await Promise.all([import('./cli/roots/occ.ts'), load()]);
    return runOccCommand(command, args);
  };
}

/** Other names of resources, as occ has them. */
const aliases = new Map([
  ['wl', 'workload'],
  ['workloads', 'workload'],
  ['cr', 'componentrelease'],
  ['componentreleases', 'componentrelease'],
  ['rb', 'releasebinding'],
  ['releasebindings', 'releasebinding'],
]);

// Who reads our output may have enough of it, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const [first = '', ...others] = process.argv.slice(2);
process.exitCode = await dispatch(commands, first === '' ? [] : [aliases.get(first) ?? first, ...others], {
  out: streamOut(process.stdout, process.env),
  err: streamOut(process.stderr, process.env),
});
