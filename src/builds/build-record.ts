import { z } from 'zod';
import { ImageDigest } from './build-end.ts';

/** Which image a set of build inputs gave, and when (RFC 3339, UTC). */
export const BuildRecord = z.object({ digest: ImageDigest, builtAt: z.iso.datetime() });
export type BuildRecord = z.infer<typeof BuildRecord>;

const digestKey = 'dev.slipway.image.digest';
const builtAtKey = 'org.opencontainers.image.created';

/** Tag that holds the record of these inputs, in the image's own repository. */
export function buildRecordTag(inputsHash: string): string {
  return `slipway-b-${inputsHash}`;
}

/** Can a tag be that of a record? */
export function isBuildRecordTag(tag: string): boolean {
  return /^slipway-b-[0-9a-f]{20}$/.test(tag);
}

/** The annotations in which a registry keeps the record. */
export function toRecordAnnotations({ digest, builtAt }: BuildRecord): Record<string, string> {
  return { [digestKey]: digest, [builtAtKey]: builtAt };
}

/** Reads the record back; undefined for annotations that are none, so a foreign tag only costs a build. */
export function parseRecordAnnotations(annotations: Readonly<Record<string, string>>): BuildRecord | undefined {
  return BuildRecord.safeParse({ digest: annotations[digestKey], builtAt: annotations[builtAtKey] }).data;
}

/** True while the record may stand for a build; one from the future is not trusted. */
export function isFresh(record: BuildRecord, now: Date, maxAgeMs: number): boolean {
  const age = now.getTime() - Date.parse(record.builtAt);
  return age >= -60_000 && age <= maxAgeMs;
}
