import { describe, expect, it } from 'vitest';
import { endpointPort } from '../../../../src/builds/react/endpoint-port.ts';

const descriptor = (...ports: readonly string[]) =>
  `metadata: {name: web}\nendpoints:\n${ports.map((port, at) => `  - {name: e${at}, type: HTTP, port: ${port}}\n`).join('')}`;

describe('endpointPort', () => {
  it('is the first endpoint’s, where an unprivileged server may have it', () => {
    expect(endpointPort(descriptor('3000', '9000'), 'workload.yaml')).toEqual({ port: 3000, warnings: [] });
  });

  it('is 8080 where the descriptor names none', () => {
    expect(endpointPort('metadata: {name: web}\n', 'workload.yaml')).toEqual({ port: 8080, warnings: [] });
  });

  it.each(['80', '70000', '-1'])('is 8080 with a warning instead of %s', (port) => {
    const found = endpointPort(descriptor(port), 'web/workload.yaml');

    expect(found.port).toBe(8080);
    expect(found.warnings).toEqual([expect.stringContaining(`web/workload.yaml: the endpoint "e0" has port ${port}`)]);
  });

  it('refuses a descriptor that does not fit', () => {
    expect(() => endpointPort('endpoints: 3\n', 'workload.yaml')).toThrow(/workload\.yaml/);
  });
});
