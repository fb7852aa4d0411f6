import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { ImageDigest } from '../build-end.ts';

const Report = z.object({ image: z.object({ digest: ImageDigest }) });

/** Digest of the image by the report that `exporter` leaves; undefined when it does not say one. The registry is to be asked whether it is true. */
export function exportedDigest(report: string): string | undefined {
  try {
    return Report.safeParse(parse(report)).data?.image.digest;
  } catch (error) {
    if (error instanceof TomlError) return undefined;
    throw error;
  }
}
