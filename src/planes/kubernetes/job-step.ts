/** Entry of a build's containers: `node job-step.js STEP...` does these steps of `SLIPWAY_STEP_REQUEST`, one after the other. */
import process from 'node:process';
import { pickEnvironment } from '../steps/pick-environment.ts';
import { StepRequest } from '../steps/step-request.ts';
import { podPaths, requestVariable } from './pod-paths.ts';
import { runSteps, StepNames } from './run-steps.ts';

// The first process of a container gets no signal that it does not ask for.
process.on('SIGTERM', () => process.exit(143));
// The context's files keep the modes that git gives them.
process.umask(0o022);

process.exitCode = await runSteps(StepNames.parse(process.argv.slice(2)), {
  paths: podPaths,
  request: StepRequest.parse(JSON.parse(process.env[requestVariable] ?? '')),
  inherited: pickEnvironment(process.env),
  output: process.stdout,
});
