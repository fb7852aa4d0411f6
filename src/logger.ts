import { pino } from 'pino';

/** Static message first, facts as fields. Never a secret in either. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A logger that writes one JSON object a line to a file, or to standard error. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error', file?: string): Logger {
  const logger = pino(
    { level, base: null, serializers: { error: pino.stdSerializers.err } },
    pino.destination({ dest: file ?? 2, sync: true }),
  );
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}
