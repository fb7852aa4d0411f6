import type { Entry } from './entry.ts';

/** Entries by a text that each has. One alone is kept without a list, since there are many thousands of those. */
export interface EntryIndex {
  add(key: string, entry: Entry): void;
  /** Forgets what was added under that key. */
  remove(key: string, entry: Entry): void;
  get(key: string): readonly Entry[];
}

/** Makes an empty one. */
export function createEntryIndex(): EntryIndex {
  const found = new Map<string, Entry | readonly Entry[]>();
  const get = (key: string): readonly Entry[] => {
    const entries = found.get(key) ?? [];
    return 'path' in entries ? [entries] : entries;
  };
  return {
    get,
    add: (key, entry) => found.set(key, found.has(key) ? [...get(key), entry] : entry),
    remove(key, entry) {
      const rest = get(key).filter((other) => other !== entry);
      if (rest.length === 0) found.delete(key);
      else found.set(key, rest);
    },
  };
}
