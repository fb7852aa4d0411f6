import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeOf } from '../../../src/occ/change.ts';
import { createStagedFiles } from '../../../src/occ/staged-files.ts';
import { folderWith } from '../../support/occ-tree.ts';

const stage = (root: string, files: Readonly<Record<string, string>>) => {
  const staged = createStagedFiles();
  for (const [path, text] of Object.entries(files)) staged.add(changeOf(join(root, path), text));
  return staged;
};

describe('staged files', () => {
  it('take their places together, keep modes and links, and leave nothing else behind', () => {
    using folder = folderWith({ 'a.yaml': 'old', 'b.txt': 'old' });
    symlinkSync('b.txt', join(folder.root, 'b.yaml'));
    const { mode } = statSync(join(folder.root, 'a.yaml'));
    const staged = stage(folder.root, { 'a.yaml': 'new', 'b.yaml': 'new', 'c/d.yaml': 'new' });
    const read = (path: string) => readFileSync(join(folder.root, path), 'utf8');
    expect([read('a.yaml'), staged.read(join(folder.root, 'a.yaml'))]).toEqual(['old', 'new']);
    staged.commit();
    staged.discard();
    expect([read('a.yaml'), read('b.txt'), read('c/d.yaml')]).toEqual(['new', 'new', 'new']);
    expect(statSync(join(folder.root, 'a.yaml')).mode).toBe(mode);
    expect(readdirSync(folder.root).sort()).toEqual(['a.yaml', 'b.txt', 'b.yaml', 'c']);
  });

  it('leave nothing behind when they are discarded, not even folders', () => {
    using folder = folderWith({ 'a.yaml': 'old', 'd/x': '' });
    stage(folder.root, { 'a.yaml': 'new', 'c/c/c.yaml': 'new', 'd/e/f.yaml': 'new' }).discard();
    expect(readdirSync(folder.root, { recursive: true }).sort()).toEqual(['a.yaml', 'd', 'd/x']);
    expect(readFileSync(join(folder.root, 'a.yaml'), 'utf8')).toBe('old');
  });

  it('become what they were where one cannot take its place', () => {
    using folder = folderWith({ 'a.yaml': 'old', 'c.yaml': 'old' });
    const staged = stage(folder.root, { 'a.yaml': 'new', 'b.yaml': 'new', 'c.yaml': 'new' });
    rmSync(join(folder.root, 'c.yaml'));
    mkdirSync(join(folder.root, 'c.yaml/x'), { recursive: true });
    expect(() => staged.commit()).toThrow(/failed to write .*c\.yaml: /);
    staged.discard();
    expect(readFileSync(join(folder.root, 'a.yaml'), 'utf8')).toBe('old');
    expect(existsSync(join(folder.root, 'b.yaml'))).toBe(false);
  });

  it('take two changes of a file one after the other, and no two that know nothing of each other', () => {
    using folder = folderWith({});
    const path = join(folder.root, 'a.yaml');
    const staged = createStagedFiles();
    staged.add({ path, text: 'one', before: null });
    staged.add({ path, text: 'two', before: 'one' });
    expect(() => staged.add({ path, text: 'three', before: null })).toThrow('two components would write this file');
    staged.commit();
    expect(readFileSync(path, 'utf8')).toBe('two');
  });

  it('say why a file cannot be written', () => {
    using folder = folderWith({ a: 'a file' });
    expect(() => stage(folder.root, { 'a/b.yaml': 'x' })).toThrow(/failed to write .*a\/b\.yaml: /);
    mkdirSync(join(folder.root, 'c.yaml'));
    expect(() => stage(folder.root, { 'c.yaml': 'x' })).toThrow(/failed to write .*c\.yaml: it is a folder/);
  });
});
