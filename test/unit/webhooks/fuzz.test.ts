import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProviderName, providerNames } from '../../../src/webhooks/delivery.ts';
import { PayloadError } from '../../../src/webhooks/payload-error.ts';
import { providers, readDelivery } from '../../../src/webhooks/read-delivery.ts';
import { commit, deliver, pushEvents, pushPayloads } from '../../support/payloads.ts';
import { runs } from '../../support/properties.ts';

/** A delivery, or the one error that may come of it. */
function readOrRefuse(provider: ProviderName, text: string): unknown {
  try {
    return readDelivery(provider, { [providers[provider].eventHeader]: pushEvents[provider] }, Buffer.from(text));
  } catch (error) {
    expect(error).toBeInstanceOf(PayloadError);
    return error;
  }
}

/** Every place in a value, as the keys that lead to it. */
function placesIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, item]) => placesIn(item).map((place) => [key, ...place]))];
}

/** A copy with something else at a place. */
function replaceAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  return Object.assign(copy, { [key]: replaceAt(Reflect.get(copy, key), rest, by) });
}

describe.each(providerNames)('the reader of %s', (provider) => {
  it('refuses any other JSON with one type of error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void readOrRefuse(provider, JSON.stringify(value))),
      runs(100),
    );
    fc.assert(
      fc.property(fc.string(), (text) => void readOrRefuse(provider, text)),
      runs(100),
    );
  });

  it('takes or refuses a payload in which anything is replaced by anything', () => {
    const payload = pushPayloads[provider]();
    fc.assert(
      fc.property(fc.constantFrom(...placesIn(payload)), fc.jsonValue(), (place, value) => {
        readOrRefuse(provider, JSON.stringify(replaceAt(payload, place, value)));
      }),
      runs(500),
    );
  });

  it('leaves the prototypes of objects alone', () => {
    const text = JSON.stringify(pushPayloads[provider]()).replace(
      /^\{/,
      '{"__proto__":{"polluted":1,"ref":"refs/heads/evil"},"constructor":{"prototype":{"polluted":1}},',
    );
    const delivery = readOrRefuse(provider, text);

    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(delivery).toMatchObject({ ignored: null, changes: [{ branch: 'main' }] });
    expect(Object.getPrototypeOf(delivery)).toBe(Object.prototype);
  });
});

describe('what is read of a large push', () => {
  it('is small, whatever the payload holds', () => {
    const paths = (at: number) => Array.from({ length: 100 }, (_, file) => `services/${at}/${'x'.repeat(200)}/${file}`);
    const commits = Array.from({ length: 500 }, (_, at) => commit({ message: 'm'.repeat(10_000), paths: paths(at) }));
    const delivery = deliver('github', pushPayloads.github({ commits }));

    expect(delivery).toMatchObject({ changes: [{ paths: { complete: false, count: 50_000, list: [] } }] });
    expect(JSON.stringify(delivery).length).toBeLessThan(1_000);
  });
});
