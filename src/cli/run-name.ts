import { UsageError } from './usage.ts';

/** Option of every command that takes a run's NAME. */
export const namespaceOption = { namespace: { type: 'string', short: 'n' } } as const;

/** Lines of a help text about NAME. */
export const nameHelp = `  NAME                   the run's name, or namespace/name, or its workflow id run/namespace/name
  -n, --namespace NS     namespace of a NAME without one (default: default)`;

/** The workflow id of the run that a person calls NAME. Throws `UsageError`. */
export function runId(name: string, namespace: string | undefined): string {
  const parts = name.split('/');
  const [own, short] = parts.length === 3 && parts[0] === 'run' ? parts.slice(1) : [parts.at(-2), parts.at(-1)];
  if (parts.length > 3 || (parts.length === 3 && parts[0] !== 'run') || own === '' || !short) {
    throw new UsageError(`"${name}" is no run: give its name, namespace/name, or run/namespace/name`);
  }
  if (own !== undefined && namespace !== undefined && own !== namespace) {
    throw new UsageError(`"${name}" is in the namespace ${own}, but --namespace says ${namespace}`);
  }
  return `run/${own ?? namespace ?? 'default'}/${short}`;
}
