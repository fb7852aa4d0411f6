import { Failure } from '../failures.ts';
import type { Flags } from './flags.ts';

/** Throws a `Failure` where the flags of a command that generates do not say which components it is for, or say it twice. */
export function requireScope(flags: Flags): void {
  const [all, project, component] = ['all', 'project', 'component'].map((name) => flags.given(name));
  if (all && (project || component)) refuse('--all cannot be combined with --project or --component');
  if (component && !project) refuse('--component requires --project to be specified');
  // Given and yet off: the original tool counts it as given, but nobody means all by that.
  if ((!all || !flags.on('all')) && !project && !component)
    refuse('one of --all, --project, or --component must be specified');
}

/** Throws a `Failure` for any mode but the one with files. */
export function requireFileMode(flags: Flags): void {
  const mode = flags.text('mode') || 'api-server';
  if (mode === 'file-system') return;
  refuse(`only supports file-system mode, got "${mode}"; pass --mode file-system`);
}

/** Names become file names, so one that would lead to another folder is refused. */
export function requireSafeName(what: string, name: string): void {
  const isControl = Array.from(name).some((character) => (character.codePointAt(0) ?? 0) < 0x20);
  if (!/[/\\]/.test(name) && !['.', '..'].includes(name) && !isControl) return;
  refuse(`${JSON.stringify(name)} is no ${what} name: it would lead to another folder; correct it`);
}

/** Says what is wrong with how a command was called. */
export function refuse(message: string): never {
  throw new Failure('InvalidRun', message);
}
