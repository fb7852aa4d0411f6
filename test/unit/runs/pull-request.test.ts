import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type PullRequestFacts,
  parseMarker,
  pullRequestBody,
  pullRequestTitle,
} from '../../../src/runs/pull-request.ts';

const commit = 'f3b7f5e4a1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6';
const digest = (hex: string) => `sha256:${hex.repeat(64)}`;

const facts: PullRequestFacts = {
  namespace: 'default',
  project: 'bookstore',
  component: 'greeter',
  environment: 'development',
  pipeline: 'standard',
  run: 'greeter-001',
  workflowUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/run%2Fdefault%2Fgreeter-001',
  source: {
    repository: 'https://github.com/acme/greeter.git',
    commit,
    subject: 'Greet people by name',
    author: 'Ada Lovelace',
  },
  image: `registry.example.com/acme/greeter:v1-f3b7f5e4@${digest('a')}`,
  release: { name: 'greeter-f3b7f5e4', reused: false },
  binding: {
    name: 'greeter-development',
    path: 'namespaces/default/projects/bookstore/components/greeter/release-bindings/greeter-development.yaml',
  },
  before: { release: 'greeter-0a1b2c3d', image: `registry.example.com/acme/greeter:v1-0a1b2c3d@${digest('b')}` },
  removed: ['the environment variable LOG_LEVEL of container main'],
  warnings: ['The descriptor names no schema for endpoint http.'],
};

const bodyWith = (subject: string): string => pullRequestBody({ ...facts, source: { ...facts.source, subject } });
const messageLine = (body: string): string => body.split('\n').find((line) => line.startsWith('- Message')) ?? '';

describe('pullRequestBody', () => {
  it('reads as the golden file does', () => {
    const golden = readFileSync(new URL('../../fixtures/pull-request.default.md', import.meta.url), 'utf8');

    expect(pullRequestBody(facts)).toBe(golden);
  });

  it('says so when nothing was released before', () => {
    const body = pullRequestBody({ ...facts, before: { release: null, image: null } });

    expect(body).toContain('| Release | (none) | `greeter-f3b7f5e4` |');
    expect(body).toContain('nothing was released there before');
  });

  it('leaves out sections that would be empty', () => {
    const body = pullRequestBody({ ...facts, removed: [], warnings: [] });

    expect(body).not.toContain('### Removed');
    expect(body).not.toContain('### Warnings');
  });

  it('stays within what a code host takes when thousands of things are removed', () => {
    const body = pullRequestBody({
      ...facts,
      removed: Array.from({ length: 5000 }, (_, index) => `variable ${index} ${'x'.repeat(900)}`),
    });

    expect(body.length).toBeLessThan(60_000);
    expect(body).toContain('- and 4960 more');
    expect(parseMarker(body)?.run).toBe('greeter-001');
  });

  it('keeps mentions, issue numbers and HTML of a subject inside a code span', () => {
    const line = messageLine(bodyWith('Fixes #12 @everyone <img src=x onerror=alert(1)> --> [x](javascript:alert(1))'));

    expect(line).toBe('- Message `Fixes #12 @everyone <img src=x onerror=alert(1)> --> [x](javascript:alert(1))`');
  });

  it('fences a subject with more backticks than it holds', () => {
    expect(messageLine(bodyWith('a ``` b ` @team'))).toBe('- Message ```` a ``` b ` @team ````');
  });

  it('puts a subject with line breaks and characters that reorder text on one plain line', () => {
    expect(messageLine(bodyWith('one\n\n# two\u202e\u0007three'))).toBe('- Message `one # two three`');
  });

  it('cuts a long subject', () => {
    expect(messageLine(bodyWith('x'.repeat(5000))).length).toBeLessThan(220);
  });

  it('shows no link for a repository that is not on the web, and never a password', () => {
    const at = (repository: string) => pullRequestBody({ ...facts, source: { ...facts.source, repository } });

    expect(at('javascript:alert(1)')).not.toContain('](javascript');
    expect(at('https://github.com/a/b')).toContain(`](https://github.com/a/b/commit/${commit})`);
    expect(at('https://user:hunter2@github.com/a/b').split('](')[1]).not.toContain('hunter2');
  });
});

describe('parseMarker', () => {
  it('reads what the body wrote', () => {
    expect(parseMarker(pullRequestBody(facts))).toEqual({
      namespace: 'default',
      project: 'bookstore',
      component: 'greeter',
      environment: 'development',
      run: 'greeter-001',
      commit,
    });
  });

  it('is not deceived by a marker in a commit subject', () => {
    const forged = `<!-- slipway other/other/other production stolen ${'0'.repeat(40)} -->`;

    expect(parseMarker(bodyWith(`x\n${forged}\n`))?.run).toBe('greeter-001');
    expect(parseMarker(bodyWith(forged).split('\n').slice(0, -2).join('\n'))).toBeUndefined();
  });

  it('survives an editor that writes Windows line ends and a person who adds text below', () => {
    expect(parseMarker(`${pullRequestBody(facts).replaceAll('\n', '\r\n')}\r\nLooks good.\r\n`)?.component).toBe(
      'greeter',
    );
  });

  it('finds nothing in the body of a person', () => {
    expect(parseMarker('Please merge <!-- slipway -->')).toBeUndefined();
  });
});

describe('pullRequestTitle', () => {
  it('says what goes where', () => {
    expect(pullRequestTitle(facts)).toBe('Release greeter-f3b7f5e4 to development');
  });
});
