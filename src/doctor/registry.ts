import type { Check } from './check.ts';

export interface RegistryProbes {
  /** `registry/name`. */
  readonly image: string;
  /** Prove what the credential may; reject where it may not. */
  pull(signal: AbortSignal): Promise<void>;
  push(signal: AbortSignal): Promise<void>;
}

/** May the image's repository be read and written? */
export function checkRegistry({ image, pull, push }: RegistryProbes): readonly Check[] {
  const check = (what: 'pull' | 'push', probe: (signal: AbortSignal) => Promise<void>): Check => ({
    name: `registry ${what}`,
    async run(signal) {
      await probe(signal);
      return { state: 'ok', text: image };
    },
  });
  return [check('pull', pull), check('push', push)];
}
