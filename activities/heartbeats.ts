import { activityInfo, heartbeat } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

const BEAT_MS = 2_000;

/** Every step beats from a timer, so that a dead worker is noticed and a cancellation arrives within seconds. */
export const beatHeart: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      if (!activityInfo().heartbeatTimeoutMs) return next(input);
      heartbeat();
      const timer = setInterval(heartbeat, BEAT_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  },
});
