import { createHash } from 'node:crypto';
import type { BuildPlan } from './build-plan.ts';

/** All that decides what an image holds, apart from base images and package feeds, which move. */
export interface BuildInputs {
  /** Git ids of the trees and files that the build reads, in a fixed order. */
  readonly read: readonly string[];
  readonly plan: BuildPlan;
  /** Which builder makes the image, with its version or digest. */
  readonly builder: string;
  /** Such as `linux/amd64`; their order does not matter. */
  readonly platforms: readonly string[];
}

/** 20 hex that are equal for equal inputs. */
export function inputsHash({ read, plan, builder, platforms }: BuildInputs): string {
  const parameters = Object.entries(plan).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([...read, parameters, builder, platforms.toSorted()]);
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}
