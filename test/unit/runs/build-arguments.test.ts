import { describe, expect, it } from 'vitest';
import { buildArguments } from '../../../src/runs/build-arguments.ts';

const messages = (kind: keyof typeof buildArguments, values: object) =>
  buildArguments[kind].read(values, 'web').error?.issues.map(({ message }) => message);

describe('the arguments of a React build', () => {
  it('have the defaults of the guide', () => {
    expect(buildArguments.react.read({}, 'web').plan).toEqual({
      kind: 'react',
      app: 'web',
      nodeVersion: '18',
      buildCommand: 'npm run build',
      outputDir: 'build',
      nodeImage: 'docker.io/library/node:18-alpine',
      nginxImage: 'docker.io/library/nginx:alpine',
      npmRegistry: null,
      port: 8080,
    });
  });

  it('keep the build command as it is', () => {
    const command = ` FOO="a b" npm run build -- --mode=$MODE && echo '\${x}' | cat\n# end\n`;

    expect(buildArguments.react.read({ 'build-command': command }, '.').plan).toMatchObject({ buildCommand: command });
  });

  it.each([
    [{ 'node-version': '19' }, 'must be 16, 18, 20, 22 or 24'],
    [{ 'build-command': ' ' }, 'must be a command'],
    [{ 'build-command': 'a\0b' }, 'must not hold a zero byte'],
    [{ 'output-dir': '.' }, 'must be a folder inside the application'],
    [{ 'output-dir': 'a\nb' }, 'must not hold control characters or backslashes'],
    [{ 'output-dir': '../out' }, 'must stay inside the repository: it holds ".."'],
  ])('refuse %j', (values, message) => {
    expect(messages('react', values)).toContain(message);
  });
});

describe('the arguments of a buildpacks build', () => {
  const env = (entries: unknown) => buildArguments.buildpacks.read({ 'build-env': JSON.stringify(entries) }, '.').plan;

  it('have the defaults of the guide', () => {
    expect(buildArguments.buildpacks.read({}, 'svc').plan).toEqual({
      kind: 'buildpacks',
      app: 'svc',
      builderImage: 'gcr.io/buildpacks/builder:v1',
      env: [],
      files: null,
      group: [],
    });
  });

  it.each(['a b', 'a,b', `"q" 'q'`, 'a=b==', '', ' padded ', 'two\nlines\n', '$(HOME) $$ `x` \\'])(
    'keep the value %j',
    (value) => {
      expect(env([`KEY=${value}`])).toMatchObject({ env: [{ name: 'KEY', value }] });
    },
  );

  it('let the last of equal names count', () => {
    expect(env(['A=1', 'B=2', 'A=3'])).toMatchObject({
      env: [
        { name: 'A', value: '3' },
        { name: 'B', value: '2' },
      ],
    });
  });

  it.each([
    [['A=1', 'B'], 'entry 1 must be KEY=VALUE'],
    [['=x'], 'entry 0 must be KEY=VALUE'],
    [['1A=x'], 'entry 0 must be KEY=VALUE'],
    [['A B=x'], 'entry 0 must be KEY=VALUE'],
    [['A=\0'], 'entry 0 (A) holds a zero byte'],
    [{ A: '1' }, 'must be a list of texts'],
    [[{ name: 'A' }], 'must be a list of texts'],
  ])('refuse the list %j by its index', (entries, message) => {
    expect(messages('buildpacks', { 'build-env': JSON.stringify(entries) })).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it('never show the value of an entry that does not fit', () => {
    expect(JSON.stringify(messages('buildpacks', { 'build-env': '["KEY WORD=hunter2"]' }))).not.toContain('hunter2');
  });

  it.each(['builder', 'gcr.io/buildpacks/builder:v1', 'localhost:5000/a/b', `r.io/b@sha256:${'a'.repeat(64)}`])(
    'take the image %s',
    (image) => {
      expect(buildArguments.buildpacks.read({ 'builder-image': image }, '.').plan).toMatchObject({
        builderImage: image,
      });
    },
  );

  it.each(['', 'x/UPPER', 'a b', 'docker://x', '-x', 'x:y:z/q'])('refuse the image %j', (image) => {
    expect(messages('buildpacks', { 'builder-image': image })).toEqual([expect.stringContaining('must be an image')]);
  });
});
