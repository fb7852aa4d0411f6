import { describe, expect, it } from 'vitest';
import { commitMessage, parseTrailers } from '../../../src/runs/commit-message.ts';

const facts = {
  component: 'greeter',
  environment: 'development',
  release: 'greeter-f3b7f5e4',
  run: 'default/greeter-001',
  sourceCommit: 'f3b7f5e4a1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6',
  image: 'registry.example.com/acme/greeter:v1-f3b7f5e4@sha256:aa',
};

describe('commitMessage', () => {
  it('has a subject, a sentence and the trailers', () => {
    expect(commitMessage(facts)).toBe(
      [
        'Release greeter-f3b7f5e4 to development',
        '',
        'Component greeter, proposed by Slipway.',
        '',
        'Run: default/greeter-001',
        'Source-Commit: f3b7f5e4a1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6',
        'Image: registry.example.com/acme/greeter:v1-f3b7f5e4@sha256:aa',
        '',
      ].join('\n'),
    );
  });

  it('does not let a value begin another trailer', () => {
    expect(parseTrailers(commitMessage({ ...facts, image: 'x\nRun: default/other' }))?.run).toBe('default/greeter-001');
  });
});

describe('parseTrailers', () => {
  it('reads what commitMessage wrote', () => {
    expect(parseTrailers(commitMessage(facts))).toEqual({
      run: facts.run,
      sourceCommit: facts.sourceCommit,
      image: facts.image,
    });
  });

  it('reads them with the line ends of another system', () => {
    expect(parseTrailers(commitMessage(facts).replaceAll('\n', '\r\n'))?.run).toBe(facts.run);
  });

  it('finds none above the last paragraph', () => {
    expect(parseTrailers(`${commitMessage(facts)}\nReviewed and changed by a person.\n`)).toBeUndefined();
  });

  it('finds none where one stands twice', () => {
    expect(parseTrailers(`x\n\nRun: a/b\nRun: c/d\nSource-Commit: e\nImage: f\n`)).toBeUndefined();
  });

  it('finds none in a commit of a person', () => {
    expect(parseTrailers('Fix a typo\n')).toBeUndefined();
    expect(parseTrailers('Fix a typo\n\nSigned-off-by: Ada <ada@example.com>\n')).toBeUndefined();
  });
});
