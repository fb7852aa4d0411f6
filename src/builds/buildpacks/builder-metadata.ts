import { z } from 'zod';
import { Failure } from '../../failures.ts';
import { parseJson } from '../parse-json.ts';

/** What a builder image says of itself. */
export interface BuilderMetadata {
  /** Numeric user and group that its phases run as. */
  readonly userId: number;
  readonly groupId: number;
  /** Platform APIs of its lifecycle. */
  readonly platformApis: readonly string[];
  /** Reference of the image that applications run on by default. */
  readonly runImage: string | undefined;
  readonly buildpacks: readonly { readonly id: string; readonly version: string }[];
}

const numeric = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

const Config = z.object({
  config: z.object({ Env: z.array(z.string()).default([]), Labels: z.record(z.string(), z.string()).default({}) }),
});

const Apis = z.object({ platform: z.object({ supported: z.array(z.string()).nullish() }) });

const Label = z.object({
  buildpacks: z.array(z.object({ id: z.string(), version: z.string() })).nullish(),
  images: z.array(z.object({ image: z.string() })).nullish(),
  stack: z.object({ runImage: z.object({ image: z.string().optional() }).optional() }).optional(),
  lifecycle: z.object({ apis: Apis }),
});

const builderLabel = 'io.buildpacks.builder.metadata';
const apisLabel = 'io.buildpacks.lifecycle.apis';

/** Reads the config (parsed JSON) of a builder image. Throws `BuildFailed` when it is no builder, or one whose phases would be root. */
export function readBuilderMetadata(config: unknown, image: string): BuilderMetadata {
  const read = Config.safeParse(config).data?.config;
  const label = Label.safeParse(parseJson(read?.Labels[builderLabel] ?? '')).data;
  if (read === undefined || label === undefined) {
    throw notUsable(image, `it has no label ${builderLabel} that says which platform APIs its lifecycle speaks`);
  }
  const userId = numeric.safeParse(variable(read.Env, 'CNB_USER_ID')).data ?? 0;
  const groupId = numeric.safeParse(variable(read.Env, 'CNB_GROUP_ID')).data ?? 0;
  if (userId === 0 || groupId === 0) {
    throw notUsable(image, 'its CNB_USER_ID and CNB_GROUP_ID must be numbers above 0: no phase runs as root');
  }
  return {
    userId,
    groupId,
    platformApis: label.lifecycle.apis.platform.supported ?? [],
    runImage: label.images?.[0]?.image ?? (label.stack?.runImage?.image || undefined),
    buildpacks: label.buildpacks ?? [],
  };
}

/** Platform APIs of a lifecycle image, by its config (parsed JSON); empty when it does not say. */
export function readLifecycleApis(config: unknown): readonly string[] {
  const text = Config.safeParse(config).data?.config.Labels[apisLabel];
  return Apis.safeParse(parseJson(text ?? '')).data?.platform.supported ?? [];
}

function variable(env: readonly string[], name: string): string | undefined {
  return env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

function notUsable(image: string, why: string): Failure {
  return new Failure(
    'BuildFailed',
    `The builder image ${image} cannot be used: ${why}. Check the parameter builder-image.`,
  );
}
