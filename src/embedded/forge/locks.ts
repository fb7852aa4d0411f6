/** Runs one piece of work at a time for each name, in the order asked. */
export type Locked = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Locks by name within this process. */
export function createLocks(): Locked {
  const last = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const mine = (last.get(name) ?? Promise.resolve()).then(work);
    last.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  };
}
