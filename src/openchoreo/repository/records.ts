/** Many small texts, each found by some keys. They are kept as bytes outside of the JavaScript heap, where a million of them slow nothing down. */
export interface Records {
  add(text: string, keys: ReadonlySet<string>): void;
  /** The texts under a key, and rarely one that was added under others: whoever asks looks at what comes. */
  find(key: string): readonly string[];
  /** Takes out a text that was added under the key; nothing happens where there is none. */
  remove(text: string, key: string): void;
  all(): readonly string[];
}

/** Makes an empty store. */
export function createRecords(): Records {
  let pages = createPages();
  return {
    add: (text, keys) => void pages.add(text, [...keys].map(hashOf)),
    find: (key) => pages.under(hashOf(key)).map(pages.text),
    all: () => pages.numbers().map(pages.text),
    remove(text, key) {
      const record = pages.under(hashOf(key)).find((one) => pages.text(one) === text);
      if (record !== undefined) pages.forget(record);
      if (pages.isMostlyForgotten()) pages = withoutForgotten(pages);
    },
  };
}

const pageBytes = 2 ** 18;
const none = -1;

type Pages = ReturnType<typeof createPages>;

function createPages() {
  const pages: Buffer[] = [];
  let used = 0; // of the last page
  // By record: where it stands, how long it is (-1: forgotten), and its first link.
  const pageOf: number[] = [];
  const startOf: number[] = [];
  const lengthOf: number[] = [];
  const firstLinkOf: number[] = [];
  // By link, of which each key of a record has one: they hang together in chains of hashes that end alike.
  const hashes: number[] = [];
  const records: number[] = [];
  const nexts: number[] = [];
  let chains = new Int32Array(1024).fill(none);
  let forgotten = 0;

  const hang = (link: number) => {
    const chain = (hashes[link] ?? 0) & (chains.length - 1);
    nexts[link] = chains[chain] ?? none;
    chains[chain] = link;
  };

  const isThere = (record: number) => (lengthOf[record] ?? none) !== none;

  return {
    add(text: string, keys: readonly number[]) {
      const length = Buffer.byteLength(text);
      if (used + length > (pages.at(-1)?.length ?? 0)) {
        pages.push(Buffer.allocUnsafeSlow(Math.max(pageBytes, length)));
        used = 0;
      }
      pages.at(-1)?.write(text, used);
      const record = pageOf.push(pages.length - 1) - 1;
      startOf.push(used);
      lengthOf.push(length);
      firstLinkOf.push(hashes.length);
      used += length;
      for (const key of keys) {
        records.push(record);
        hang(hashes.push(key) - 1);
      }
      if (hashes.length < chains.length) return;
      chains = new Int32Array(chains.length * 2).fill(none);
      for (const link of hashes.keys()) hang(link);
    },
    text(record: number): string {
      const start = startOf[record] ?? 0;
      return pages[pageOf[record] ?? none]?.toString('utf8', start, start + (lengthOf[record] ?? 0)) ?? '';
    },
    /** Numbers of the records with a key of that hash. */
    under(hash: number): readonly number[] {
      const found: number[] = [];
      for (let link = chains[hash & (chains.length - 1)] ?? none; link !== none; link = nexts[link] ?? none) {
        const record = records[link] ?? none;
        if (hashes[link] === hash && isThere(record)) found.push(record);
      }
      return found;
    },
    keysOf: (record: number): readonly number[] => hashes.slice(firstLinkOf[record], firstLinkOf[record + 1]),
    numbers: (): readonly number[] => [...pageOf.keys()].filter(isThere),
    forget(record: number) {
      lengthOf[record] = none;
      forgotten += 1;
    },
    isMostlyForgotten: () => forgotten > 1000 && forgotten > pageOf.length / 2,
  };
}

function withoutForgotten(pages: Pages): Pages {
  const rest = createPages();
  for (const record of pages.numbers()) rest.add(pages.text(record), pages.keysOf(record));
  return rest;
}

function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash;
}
