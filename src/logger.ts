import { pino } from 'pino';

/** Static message first, facts as fields. Never a secret in either. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface LoggerOptions {
  /** Without one it writes to standard error. */
  readonly file?: string;
  /** Takes secrets out of a line, for errors of libraries may quote them. */
  readonly redact?: (line: string) => string;
}

/** A logger that writes one JSON object a line. */
export function createLogger(
  level: 'debug' | 'info' | 'warn' | 'error',
  { file, redact = (line) => line }: LoggerOptions = {},
): Logger {
  const destination = pino.destination({ dest: file ?? 2, sync: true });
  const logger = pino(
    { level, base: null, serializers: { error: pino.stdSerializers.err } },
    { write: (line: string) => destination.write(redact(line)) },
  );
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}
