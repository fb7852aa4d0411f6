import { describe, expect, it } from 'vitest';
import { choosePlatformApi } from '../../../../src/builds/buildpacks/platform-api.ts';

const choose = (builder: readonly string[], lifecycle: readonly string[], plainHttp = false) =>
  choosePlatformApi({ builderImage: 'h.example/b:1', builder, lifecycle, plainHttp });

describe('choosePlatformApi', () => {
  it('takes the highest that all speak', () => {
    expect(choose(['0.9', '0.12', '0.13', '0.16'], ['0.16', '0.13', '0.12'])).toBe('0.13');
    expect(choose(['0.12', '0.7'], ['0.7', '0.12', '0.15'])).toBe('0.12');
  });

  it('says what each side speaks when nothing is common', () => {
    const call = () => choose(['0.9', '0.11'], []);
    expect(call).toThrow(expect.objectContaining({ type: 'BuildFailed' }));
    expect(call).toThrow('h.example/b:1 speaks the platform APIs 0.9, 0.11, the lifecycle');
    expect(call).toThrow('SLIPWAY_LIFECYCLE_IMAGE none that it names');
  });

  it('takes no API that cannot name a registry with plain http where there is one', () => {
    expect(() => choose(['0.12'], ['0.12'], true)).toThrow('(for a registry with plain http)');
    expect(choose(['0.12', '0.13'], ['0.12', '0.13'], true)).toBe('0.13');
  });
});
