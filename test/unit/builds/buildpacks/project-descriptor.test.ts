import { describe, expect, it } from 'vitest';
import { readProjectDescriptor } from '../../../../src/builds/buildpacks/project-descriptor.ts';

const read = (text: string) => readProjectDescriptor(text, 'web/project.toml');

describe('readProjectDescriptor', () => {
  it('reads what the specification of 0.2 has below io.buildpacks.build', () => {
    const text = `
      [_]
      schema-version = "0.2"
      id = "shop"
      [io.buildpacks.build]
      exclude = ["spec/", "*.md"]
      [[io.buildpacks.build.buildpacks]]
      id = "example/node"
      version = "1.0.0"
      [[io.buildpacks.build.env]]
      name = "JAVA_OPTS"
      value = " -Xmx1g,\\n\\"x\\"=y "
    `;
    expect(read(text)).toEqual({
      files: { mode: 'exclude', patterns: ['spec/', '*.md'] },
      env: [{ name: 'JAVA_OPTS', value: ' -Xmx1g,\n"x"=y ' }],
      group: [{ id: 'example/node', version: '1.0.0' }],
      warnings: [],
    });
  });

  it('reads include and group where pack has them, and its older place of variables before the new one', () => {
    const text = `
      [_]
      schema-version = "0.2"
      [io.buildpacks]
      include = ["cmd/"]
      [[io.buildpacks.group]]
      id = "example/go"
      [[io.buildpacks.env.build]]
      name = "A"
      value = "1"
      [[io.buildpacks.build.env]]
      name = "A"
      value = "2"
    `;
    expect(read(text)).toEqual({
      files: { mode: 'include', patterns: ['cmd/'] },
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
      group: [{ id: 'example/go', version: undefined }],
      warnings: [],
    });
  });

  it('reads schema 0.1, which has its build at the top', () => {
    const text = `[project]\nid = "a"\n[build]\ninclude = ["a"]\n[[build.buildpacks]]\nid = "x/y"`;
    expect(read(text)).toMatchObject({ files: { mode: 'include', patterns: ['a'] }, group: [{ id: 'x/y' }] });
  });

  it('asks for nothing when the file is of another tool', () => {
    expect(read('name = "Shop"\n[deps]\nJSON = "1"')).toEqual({ files: null, env: [], group: [], warnings: [] });
  });

  it('warns of what has no effect', () => {
    const text = '[_]\nschema-version="0.2"\n[io.buildpacks]\nbuilder = "x"\n[io.buildpacks.pre]\na = 1';
    expect(read(text).warnings).toEqual([
      "web/project.toml: builder has no effect; the ComponentWorkflow's parameter builder-image decides",
      'web/project.toml: pre and post have no effect',
    ]);
  });

  it.each([
    ['[io.buildpacks]\ninclude = ["a"]\nexclude = ["b"]', 'include and exclude cannot both be given'],
    ['[_]\nschema-version = "0.9"', '_.schema-version: '],
    ['[[io.buildpacks.group]]\nversion = "1"', 'io.buildpacks.group.0: must have an id'],
    [
      '[[io.buildpacks.group]]\nuri = "https://h.example/x"',
      'io.buildpacks.group.0: must be a buildpack of the builder',
    ],
    ['[[io.buildpacks.build.env]]\nname = "A-B"\nvalue = ""', 'io.buildpacks.build.env.0.name: is no name'],
    ['[io.buildpacks]\ninclude = "a"\nexclude = 7', 'io.buildpacks.exclude: '],
    ['a = "top-secret" "', 'line 1, column '],
  ])('refuses %j', (text, said) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ type: 'DescriptorInvalid' }));
    expect(() => read(text)).toThrow(`web/project.toml cannot be used for the build: `);
    expect(() => read(text)).toThrow(said);
    expect(() => read(text)).not.toThrow('top-secret');
  });
});
