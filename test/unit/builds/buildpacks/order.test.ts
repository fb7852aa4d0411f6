import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { orderToml } from '../../../../src/builds/buildpacks/order.ts';

const builder = {
  buildpacks: [
    { id: 'example/node', version: '2.0.0' },
    { id: 'example/node', version: '1.0.0' },
    { id: 'example/go', version: '0.1.0' },
  ],
};

describe('orderToml', () => {
  it('is one group with the versions that were asked for, else those that the builder names first', () => {
    const group = [{ id: 'example/node', version: '1.0.0' }, { id: 'example/go' }, { id: 'example/node' }];
    expect(parse(orderToml(group, builder) ?? '')).toEqual({
      order: [
        {
          group: [
            { id: 'example/node', version: '1.0.0' },
            { id: 'example/go', version: '0.1.0' },
            { id: 'example/node', version: '2.0.0' },
          ],
        },
      ],
    });
  });

  it("leaves the builder's own order where nothing is asked for", () => {
    expect(orderToml([], builder)).toBeUndefined();
  });

  it('names all buildpacks that the builder does not hold, and those that it does', () => {
    const call = () => orderToml([{ id: 'a/b' }, { id: 'example/go', version: '9' }, { id: 'example/go' }], builder);
    expect(call).toThrow(expect.objectContaining({ type: 'DescriptorInvalid' }));
    expect(call).toThrow('does not hold: a/b, example/go@9. It holds example/node@2.0.0, example/node@1.0.0');
  });
});
