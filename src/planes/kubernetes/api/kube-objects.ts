import { z } from 'zod';

const Time = z.iso.datetime({ offset: true });
const none = <T>(): T[] => [];
const Texts = z.record(z.string(), z.string());
const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: Time.nullish(),
});

/** What we read of a Job. */
export const Job = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    creationTimestamp: Time,
    deletionTimestamp: Time.optional(),
    annotations: Texts.default({}),
  }),
  spec: z.object({ suspend: z.boolean().default(false) }),
  status: z.object({ conditions: z.array(Condition).default(none) }).default({ conditions: [] }),
});
export type Job = z.infer<typeof Job>;

const ContainerStatus = z.object({
  name: z.string(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      running: z.object({}).optional(),
      terminated: z
        .object({
          exitCode: z.int(),
          reason: z.string().optional(),
          message: z.string().optional(),
          /** Null for one that never ran, as the pod was over before. */
          startedAt: Time.nullish(),
          finishedAt: Time.nullish(),
        })
        .optional(),
    })
    .default({}),
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;

/** What we read of a Job's pod. */
export const Pod = z.object({
  metadata: z.object({ name: z.string(), uid: z.string(), creationTimestamp: Time }),
  spec: z.object({ nodeName: z.string().optional() }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z.array(Condition).default(none),
      initContainerStatuses: z.array(ContainerStatus).default(none),
      containerStatuses: z.array(ContainerStatus).default(none),
    })
    .prefault({}),
});
export type Pod = z.infer<typeof Pod>;

/** What we read of an event: why something could not be done, and when it was last tried. */
export const KubeEvent = z
  .object({
    reason: z.string().default(''),
    message: z.string().default(''),
    lastTimestamp: Time.nullish(),
    eventTime: Time.nullish(),
    metadata: z.object({ creationTimestamp: Time.nullish() }),
  })
  .transform(({ reason, message, lastTimestamp, eventTime, metadata }) => ({
    reason,
    message,
    at: lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '',
  }));
export type KubeEvent = z.infer<typeof KubeEvent>;
