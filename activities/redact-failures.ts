import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** Takes secrets out of the messages of whatever a step throws, before anybody else reads them: histories keep them for long. */
export function redactFailures(redact: (text: string) => string): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          clean(error, redact);
          throw error;
        }
      },
    },
  });
}

function clean(error: unknown, redact: (text: string) => string): void {
  for (let each = error; each instanceof Error; each = each.cause) {
    each.message = redact(each.message);
    if (each.stack !== undefined) each.stack = redact(each.stack);
  }
}
