import { createHash } from 'node:crypto';
import { mkdir, readFile, utimes } from 'node:fs/promises';
import path from 'node:path';
import { exportedDigest } from '../../../builds/buildpacks/export-report.ts';
import { type Phase, phaseCommand, phaseEnvironment, phasesOf, userPhases } from '../../../builds/buildpacks/phases.ts';
import type { Command } from '../../../builds/engine-commands.ts';
import { layOutApplication } from '../../steps/application.ts';
import { type StepContext, toolPaths } from '../../steps/step-context.ts';
import { withCredentialFile } from '../credential-file.ts';
import { fromCommand, ofThisUser, pullCommand, runCommand } from './container-commands.ts';
import type { LocalPhases } from './local-phases.ts';
import { makePhaseFolders, mountedAt, mountsOf, phaseFolders } from './phase-folders.ts';

export interface PhaseHooks {
  /** Says that a phase begins. */
  enter(phase: Phase): Promise<void>;
  /** Runs a command of which only errors are logged. */
  prepare(command: Command): Promise<number>;
  /** Text of a docker `config.json` for pulling the images of the phases. */
  readonly pullAuth?: string | undefined;
  /** The same for the phases that talk to registries. */
  readonly registryAuth?: string | undefined;
}

/** Builds the cloned application and uploads the image. Says its digest, or the exit code of what failed. */
export async function runPhases(
  step: StepContext,
  chosen: LocalPhases,
  environment: Readonly<Record<string, string>>,
  { enter, prepare, pullAuth, registryAuth }: PhaseHooks,
): Promise<{ readonly digest: string } | number> {
  const { plan, storesFolder } = step.request;
  if (plan.kind !== 'buildpacks') throw new Error(`a build of the kind ${plan.kind} has no phases`);
  const { settings, machine } = chosen;
  const { storage, certificates } = toolPaths(step.scratch);
  const folders = phaseFolders(step.scratch);
  const user = `${settings.userId}:${settings.groupId}`;

  const written = await makePhaseFolders(folders, plan.env, settings.order);
  const laidOut = await layOutApplication(step, folders.workspace);
  if (laidOut !== 0) return laidOut;
  const given = await prepare(ofThisUser(['chown', '--recursive', '--no-dereference', user, ...written]));
  if (given !== 0) return given;

  const imagesOf = (image: string): string => path.join(storesFolder ?? storage, `images-${shortHash(image)}`);
  const pull = async (image: string): Promise<number> => {
    const images = imagesOf(image);
    await mkdir(images, { recursive: true, mode: 0o700 });
    // Its date says when it was last used.
    await utimes(images, new Date(), new Date());
    return withCredentialFile(path.join(step.scratch, 'pull-credential.json'), pullAuth, (file) =>
      prepare(ofThisUser(pullCommand(image, images, machine, file))),
    );
  };

  const runPhase = async (phase: Phase): Promise<number> => {
    const isUsers = userPhases.includes(phase);
    const image = isUsers ? chosen.builderImage : chosen.lifecycleImage;
    const container = { name: phase, storage, machine, images: imagesOf(image) };
    const made = await prepare(ofThisUser(fromCommand({ ...container, image })));
    if (made !== 0) return made;
    const asked = {
      user,
      environment: {
        ...phaseEnvironment(phase, settings),
        ...(!isUsers && { DOCKER_CONFIG: mountedAt.credential, SSL_CERT_DIR: mountedAt.certificates }),
      },
      mounts: mountsOf(phase, settings, folders, certificates),
      command: phaseCommand(phase, settings),
    };
    const go = (): Promise<number> => step.run(ofThisUser(runCommand({ ...container, ...asked })), environment);
    if (isUsers) return go();
    return withCredentialFile(path.join(folders.credential, 'config.json'), registryAuth, async (file) => {
      // Root may not read what is its own without any right either.
      const given = file === undefined ? 0 : await prepare(ofThisUser(['chown', user, file]));
      return given === 0 ? go() : given;
    });
  };

  await enter('analyze');
  for (const image of [chosen.builderImage, chosen.lifecycleImage]) {
    const pulled = await pull(image);
    if (pulled !== 0) return pulled;
  }
  for (const phase of phasesOf(settings)) {
    if (phase !== 'analyze') await enter(phase);
    const code = await runPhase(phase);
    if (code !== 0) return code;
  }
  const digest = exportedDigest(await readFile(path.join(folders.report, path.basename(mountedAt.report)), 'utf8'));
  if (digest === undefined) throw new Error('the exporter left no report with a digest');
  return { digest };
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
