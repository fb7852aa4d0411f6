import { describe, expect, it } from 'vitest';
import { choosesFiles } from '../../../../src/builds/buildpacks/chosen-files.ts';

describe('choosesFiles', () => {
  it('gives a build everything where project.toml says nothing', () => {
    const chooses = choosesFiles(null);

    expect(['a.js', 'deep/', 'deep/.env'].filter((path) => !chooses(path))).toEqual([]);
  });

  it('leaves out what is excluded, folders with all that is in them', () => {
    const chooses = choosesFiles({ mode: 'exclude', patterns: ['/docs/', '*.key', '!public.key', 'a b#c'] });
    const paths = ['docs/', 'src/docs/', 'src/private.key', 'public.key', 'main.go', 'a b#c'];

    expect(paths.filter(chooses)).toEqual(['src/docs/', 'public.key', 'main.go']);
  });

  it('takes only what is included, and looks into every folder for it', () => {
    const chooses = choosesFiles({ mode: 'include', patterns: ['cmd/', '*.mod', '!old.mod'] });
    const paths = ['cmd/', 'cmd/main.go', 'cmd/deep/x.txt', 'docs/', 'docs/a.md', 'docs/go.mod', 'go.mod', 'old.mod'];

    expect(paths.filter(chooses)).toEqual(['cmd/', 'cmd/main.go', 'cmd/deep/x.txt', 'docs/', 'docs/go.mod', 'go.mod']);
  });
});
