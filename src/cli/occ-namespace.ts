import { refuse } from '../occ/scope.ts';
import type { OccCall } from './occ-command.ts';

/** The namespace of a call. Throws where no context is current; what comes back throws where it has none. */
export function namespaceOf({ flags, context }: OccCall): () => string {
  const given = flags.text('namespace');
  if (given === '' && !context) refuse('no current context set; pass --namespace');
  return () => given || context?.namespace || refuse('namespace is required in context; pass --namespace');
}
