import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

const BEAT_MS = 2_000;
const progressOf = new WeakMap<Context, string>();

/** Tells where the running step is: a few words, that stand until others are told. */
export function tellProgress(words: string): void {
  progressOf.set(Context.current(), words);
  heartbeat(words);
}

/** Every step beats from a timer, so that a dead worker is noticed and a cancellation arrives within seconds. */
export const beatHeart: ActivityInterceptorsFactory = (context) => ({
  inbound: {
    async execute(input, next) {
      if (!activityInfo().heartbeatTimeoutMs) return next(input);
      // A beat without words would take back the words of the one before.
      const beat = () => heartbeat(progressOf.get(context));
      beat();
      const timer = setInterval(beat, BEAT_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  },
});
