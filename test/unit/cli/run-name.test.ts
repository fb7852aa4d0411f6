import { describe, expect, it } from 'vitest';
import { runId } from '../../../src/cli/run-name.ts';

describe('runId', () => {
  it.each([
    ['greeter', undefined, 'run/default/greeter'],
    ['greeter', 'shop', 'run/shop/greeter'],
    ['shop/greeter', undefined, 'run/shop/greeter'],
    ['run/shop/greeter', 'shop', 'run/shop/greeter'],
    ['run/greeter', undefined, 'run/run/greeter'],
  ])('takes %s in namespace %s as %s', (name, namespace, id) => {
    expect(runId(name, namespace)).toBe(id);
  });

  it.each(['a/b/c', 'run/a/b/c', '/greeter', 'shop/', 'run//x', 'run/x/'])('refuses %s', (name) => {
    expect(() => runId(name, undefined)).toThrow(`"${name}" is no run: give its name, namespace/name, or`);
  });

  it('refuses two namespaces that differ', () => {
    expect(() => runId('shop/greeter', 'default')).toThrow('is in the namespace shop, but --namespace says default');
  });
});
