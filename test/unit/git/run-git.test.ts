import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { gitEnvironment } from '../../../src/git/environment.ts';
import { type GitCommand, runGit } from '../../../src/git/run-git.ts';

const folder = tmpdir();
const command = (args: readonly string[], more: Partial<GitCommand> = {}): GitCommand => ({
  args,
  folder,
  environment: gitEnvironment(folder, { caFile: undefined }),
  signal: new AbortController().signal,
  ...more,
});
/** A git whose child takes longer than any test. */
const endless = ['-c', 'alias.wait=!sleep 30', 'wait'];

describe('runGit', () => {
  it('hands over input and gives output and exit code', async () => {
    const { code, stdout } = await runGit(command(['hash-object', '--stdin'], { input: 'x' }));
    expect([code, stdout.toString()]).toEqual([0, 'c1b0730e0133447badcfd47fd144e254807b06e1\n']);
  });

  it('gives a failure as an exit code with its text', async () => {
    const { code, stderr } = await runGit(command(['cat-file', '-e', 'none']));
    expect(code).toBe(128);
    expect(stderr).toContain('fatal:');
  });

  it('ends git and what it started when it is aborted, with the reason of the signal', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('cancelled')), 100);
    const started = Date.now();
    await expect(runGit(command(endless, { signal: controller.signal }))).rejects.toThrow('cancelled');
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('does not even start for a signal that was given before', async () => {
    await expect(runGit(command(['version'], { signal: AbortSignal.abort(new Error('before')) }))).rejects.toThrow(
      'before',
    );
  });

  it('limits time', async () => {
    await expect(runGit(command(endless, { timeoutMs: 100 }))).rejects.toMatchObject({ type: 'Unavailable' });
  });

  it('limits output', async () => {
    await expect(runGit(command(['help', '-a'], { maxOutputBytes: 100 }))).rejects.toThrow('more than 100 bytes');
  });

  it('says that git is not there', async () => {
    await expect(runGit(command(['version'], { environment: { PATH: '/nonexistent' } }))).rejects.toThrow(
      'could not be started',
    );
  });
});
