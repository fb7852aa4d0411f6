import { describe, expect, it } from 'vitest';
import { readDescriptor } from '../../../../src/openchoreo/generate/descriptor.ts';
import { descriptorFiles } from '../../../../src/openchoreo/generate/descriptor-files.ts';

const envValue = (text: string) =>
  readDescriptor(`configurations: {env: [{name: A, value: ${text}}]}`, 'workload.yaml').configurations.env[0]?.value;

describe('readDescriptor', () => {
  it.each([
    ['8080', '8080'],
    ['1.10', '1.1'],
    ['3.14159265358979', '3.1415927'],
    ['1e3', '1000'],
    ['1e6', '1e+06'],
    ['1234567.5', '1.2345675e+06'],
    ['16777217.0', '1.6777216e+07'],
    ['0.00001', '1e-05'],
    ['0755', '493'],
    ['08', '8'],
    ['-0.0', '-0'],
    ['1_0.5', '10.5'],
    ['18446744073709551615', '18446744073709551615'],
    ['yes', 'true'],
    ['~', ''],
    ['12:30', '12:30'],
  ])('reads the value %s as the text %s', (text, value) => {
    expect(envValue(text)).toBe(value);
  });

  it('finds fields in any case and takes an empty file', () => {
    expect(readDescriptor('ENDPOINTS: [{NAME: x}]', 'w').endpoints[0]).toMatchObject({ name: 'x', port: 0 });
    expect(readDescriptor('', 'w').endpoints).toEqual([]);
  });

  it('takes null items', () => {
    expect(readDescriptor('endpoints: [~]', 'w').endpoints).toMatchObject([{ name: '', type: '', port: 0 }]);
  });

  it.each([
    ['endpoints: {a: 1}', 'w.yaml: endpoints must be a list'],
    ['endpoints: [{port: "80"}]', 'w.yaml: endpoints[0].port must be a number: remove the quotes'],
    ['endpoints: [{port: 80.5}]', 'w.yaml: endpoints[0].port must be a whole number'],
    ['endpoints: [{port: 2147483648}]', 'w.yaml: endpoints[0].port must be a whole number'],
    ['configurations: {env: [{name: [a]}]}', 'w.yaml: configurations.env[0].name must be text, not a list'],
    ['x: [', 'w.yaml: line 1: '],
    ['just text', 'w.yaml: must be a mapping'],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => readDescriptor(text, 'w.yaml')).toThrow(message);
  });
});

describe('descriptorFiles', () => {
  it('names schema files and mounted files beside the descriptor, once each', () => {
    const text = `
endpoints: [{name: a, schemaFile: ../api.yaml}, {name: b, schemaFile: /x/b.yaml}, {name: c}]
configurations:
  env: [{name: E, valueFrom: {path: ignored}}]
  files:
    - {name: f, valueFrom: {path: conf/f.toml}}
    - {name: g, valueFrom: {path: ../api.yaml}}
    - {name: s, valueFrom: {path: unused, secretKeyRef: {name: n, key: k}}}
`;
    expect(descriptorFiles(text, 'app/workload.yaml')).toEqual(['api.yaml', 'app/x/b.yaml', 'app/conf/f.toml']);
  });

  it('refuses a path that leaves the repository', () => {
    expect(() => descriptorFiles('endpoints: [{schemaFile: ../../etc/passwd}]', 'app/workload.yaml')).toThrow(
      /app\/workload\.yaml: .*outside/,
    );
  });
});
