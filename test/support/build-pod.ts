import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { BuildRequest } from '../../src/planes/build-plane.ts';
import { runSteps, type StepName } from '../../src/planes/kubernetes/run-steps.ts';
import { pickEnvironment } from '../../src/planes/steps/pick-environment.ts';
import { toStepRequest } from '../../src/planes/steps/step-request.ts';
import type { BuildWorld } from './build-world.ts';

/** Plays the containers of one pod, one after the other, on this machine. */
export async function createBuildPod(
  world: BuildWorld,
  request: BuildRequest,
  registryHttpHosts: readonly string[] = [world.registry.host],
) {
  const folder = await mkdtemp(path.join(world.folder, 'pod-'));
  const at = (name: string) => path.join(folder, name);
  const paths = {
    work: at('work'),
    application: at('workspace'),
    sourceAuthorization: at('source/authorization'),
    registryCredential: at('registry/config.json'),
    authorities: at('ca.crt'),
    terminationLog: at('termination-log'),
  };
  await Promise.all(['work', 'source', 'registry'].map((each) => mkdir(at(each))));
  const sourceHttpHosts = [world.sources, world.privateSources].map(({ url }) => new URL(url).host);
  const settings = { engine: 'buildah', storageDriver: 'vfs', allowFileSources: false, registryMirrors: {} } as const;
  return {
    paths,
    container: async (...steps: StepName[]): Promise<{ code: number; log: string }> => {
      const output = new PassThrough();
      const log = text(output);
      const code = await runSteps(steps, {
        paths,
        request: toStepRequest(request, { ...settings, sourceHttpHosts, registryHttpHosts }),
        inherited: pickEnvironment(process.env),
        output,
      });
      output.end();
      return { code, log: await log };
    },
  };
}
