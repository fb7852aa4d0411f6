/** Why a component is started by a push or not, in the order in which it is asked. These words are stable. */
export const verdictReasons = [
  'other-repository',
  'other-secret',
  'deleting',
  'auto-build-off',
  'no-workflow',
  'not-allowed',
  'invalid',
  'branch',
  'skip-ci',
  'own-commit',
  'paths',
  'matched',
] as const;

/** Further words come from the component's queue and from starting: `older`, `duplicate` and the like. */
export type VerdictReason = (typeof verdictReasons)[number];

/** Why. */
export interface Judgement {
  readonly reason: VerdictReason;
  /** The reason in a sentence, for people. */
  readonly detail: string;
}

/** What a push means for one component. */
export interface Verdict extends Judgement {
  /** `namespace/project/name`. */
  readonly component: string;
  readonly outcome: 'start' | 'skip';
  /** Branch and commit of the change that it is about. */
  readonly branch: string;
  readonly commit: string;
}
