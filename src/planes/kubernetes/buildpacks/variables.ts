import type { V1Volume } from '@kubernetes/client-node';
import type { BuildRequest } from '../../build-plane.ts';

/** A variable of the build. */
export interface BuildVariable {
  readonly name: string;
  readonly value: string;
}

/** The variables of a build; only those by buildpacks have some. */
export function variablesOf({ plan }: Pick<BuildRequest, 'plan'>): readonly BuildVariable[] {
  return plan.kind === 'buildpacks' ? plan.env : [];
}

/** All annotations of an object together hold 256 KiB at most, and others are added to ours. */
const annotationBytes = 128 * 1024;

// By number, because a variable's name may begin or end with "_" or be longer than that of an annotation.
const annotation = (index: number): string => `variables.slipway.dev/${index}`;
const secretKey = (index: number): string => `variable-${index}`;

/** Annotations of the pod that hold the build's variables; none when they are too large for that. */
export function variableAnnotations(variables: readonly BuildVariable[]): Readonly<Record<string, string>> {
  if (!fitsAnnotations(variables)) return {};
  return Object.fromEntries(variables.map(({ value }, index) => [annotation(index), value]));
}

/** Entries of the Job's Secret that hold the variables which are too large for annotations. */
export function variableSecrets(variables: readonly BuildVariable[]): Readonly<Record<string, string>> {
  if (fitsAnnotations(variables)) return {};
  return Object.fromEntries(variables.map(({ value }, index) => [secretKey(index), value]));
}

/** A volume with one file for each variable, its value as it is: nothing is added, cut or expanded. */
export function variablesVolume(name: string, variables: readonly BuildVariable[], secretName: string): V1Volume {
  if (!fitsAnnotations(variables)) {
    const items = variables.map(({ name: path }, index) => ({ key: secretKey(index), path }));
    return { name, secret: { secretName, items, defaultMode: 0o444 } };
  }
  const items = variables.map(({ name: path }, index) => ({
    path,
    fieldRef: { fieldPath: `metadata.annotations['${annotation(index)}']` },
  }));
  return { name, downwardAPI: { items } };
}

/** A small text without a secret that a container finds as a file: an annotation of the pod. */
export function fileAnnotation(path: string, text: string): Readonly<Record<string, string>> {
  return { [`files.slipway.dev/${path}`]: text };
}

/** A volume with that file. */
export function fileVolume(name: string, path: string): V1Volume {
  const fieldPath = `metadata.annotations['files.slipway.dev/${path}']`;
  return { name, downwardAPI: { items: [{ path, fieldRef: { fieldPath } }] } };
}

function fitsAnnotations(variables: readonly BuildVariable[]): boolean {
  return variables.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0) <= annotationBytes;
}
