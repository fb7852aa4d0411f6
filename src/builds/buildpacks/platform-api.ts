import { z } from 'zod';
import { Failure } from '../../failures.ts';

/** What Slipway's phase commands are written for. */
export const PlatformApi = z.enum(['0.12', '0.13', '0.14', '0.15']);
export type PlatformApi = z.infer<typeof PlatformApi>;
const known = PlatformApi.options;

/** Registries without TLS can be named to the phases since this one. */
const withPlainHttp: PlatformApi = '0.13';

interface Offer {
  readonly builderImage: string;
  readonly builder: readonly string[];
  readonly lifecycle: readonly string[];
  /** True where a registry of the build speaks plain http. */
  readonly plainHttp: boolean;
}

/** The highest platform API that the builder's lifecycle, ours and Slipway speak. Throws `BuildFailed` when there is none. */
export function choosePlatformApi({ builderImage, builder, lifecycle, plainHttp }: Offer): PlatformApi {
  const usable = known.filter((api) => !plainHttp || known.indexOf(api) >= known.indexOf(withPlainHttp));
  const chosen = usable.findLast((api) => builder.includes(api) && lifecycle.includes(api));
  if (chosen !== undefined) return chosen;
  throw new Failure(
    'BuildFailed',
    `The builder image ${builderImage} speaks the platform APIs ${list(builder)}, the lifecycle of SLIPWAY_LIFECYCLE_IMAGE ${list(lifecycle)}, and Slipway ${list(usable)}${plainHttp ? ' (for a registry with plain http)' : ''}: none is common. Use a builder image or a lifecycle image of about the same age.`,
  );
}

const list = (apis: readonly string[]): string => (apis.length === 0 ? 'none that it names' : apis.join(', '));
