import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type Phase,
  type PhaseSettings,
  phaseMounts,
  phasePaths,
  phases,
  userPhases,
} from '../../../builds/buildpacks/phases.ts';
import type { BuildpacksPlan } from '../../buildpacks/choose-phases.ts';
import type { Mount } from './container-commands.ts';

/** What phases find where besides their volumes, on this plane. */
export const mountedAt = {
  /** Where `export` leaves its report, as it sees it. */
  report: '/report/report.toml',
  /** `config.json`, for the phases that talk to registries. */
  credential: '/credential',
  /** Further authorities, for the same. */
  certificates: '/certificates',
} as const;

/** Where the phases of a build have their things, below its scratch folder. */
export function phaseFolders(scratch: string) {
  const below = (...names: readonly string[]): string => path.join(scratch, 'phases', ...names);
  return {
    workspace: below('workspace'),
    layers: below('layers'),
    detectLayers: below('detect-layers'),
    analyzed: below('analyzed'),
    control: below('control'),
    report: below('report'),
    variables: below('variables'),
    order: below('order'),
    credential: below('credential'),
    tmp: (phase: Phase) => below('tmp', phase),
  } as const;
}
export type PhaseFolders = ReturnType<typeof phaseFolders>;

/** Makes the folders; variables and the order are in theirs, as they are. Says which ones the phases' user has to own. */
export async function makePhaseFolders(
  folders: PhaseFolders,
  env: BuildpacksPlan['env'],
  order: string | undefined,
): Promise<readonly string[]> {
  const { workspace, layers, detectLayers, analyzed, control, report, variables, credential } = folders;
  const written = [workspace, layers, detectLayers, analyzed, control, report, ...phases.map(folders.tmp)];
  for (const each of [...written, variables, credential, folders.order]) await mkdir(each, { recursive: true });
  for (const { name, value } of env) await writeFile(path.join(variables, name), value);
  if (order !== undefined) await writeFile(path.join(folders.order, path.basename(phasePaths.order)), order);
  return written;
}

/** What a phase sees of them. */
export function mountsOf(
  phase: Phase,
  { order }: Pick<PhaseSettings, 'order'>,
  folders: PhaseFolders,
  certificates: string,
): readonly Mount[] {
  const readOnly = (from: string, at: string): Mount => ({ from, at, readOnly: true });
  const own: readonly Mount[] = userPhases.includes(phase)
    ? [readOnly(folders.variables, `${phasePaths.platform}/env`)]
    : [readOnly(folders.credential, mountedAt.credential), readOnly(certificates, mountedAt.certificates)];
  return [
    ...phaseMounts[phase].map(({ volume, path: at, readOnly }) => ({ from: folders[volume], at, readOnly })),
    { from: folders.tmp(phase), at: '/tmp', readOnly: false },
    ...own,
    ...(phase === 'detect' && order !== undefined ? [readOnly(folders.order, path.dirname(phasePaths.order))] : []),
    ...(phase === 'export' ? [{ from: folders.report, at: path.dirname(mountedAt.report), readOnly: false }] : []),
  ];
}
