import { describe, expect, it } from 'vitest';
import { createWorkerMetrics } from '../../../src/metrics/worker-metrics.ts';

const forgeCall = { forge: 'gitea', host: 'Git.Example.com', credential: 'gitops-token', seconds: 0.2 } as const;

describe("a worker's metrics", () => {
  it('tell hosts apart only where they are configured, and failures only by our types', async () => {
    const metrics = createWorkerMetrics(['git.example.com']);
    metrics.gitCall({ operation: 'fetch', host: 'somebody.example', isDone: false, seconds: 1 });
    metrics.forgeCall({ ...forgeCall, status: 200, budget: { remaining: 41, limit: 60 } });
    metrics.forgeCall({ ...forgeCall, status: null, budget: null });
    metrics.runEnded({ outcome: 'failed', failure: 'BuildFailed', seconds: 5 });
    metrics.runEnded({ outcome: 'failed', failure: 'toString', seconds: 5 });
    metrics.runEnded({ outcome: 'released', failure: null, seconds: 5 });

    const text = await metrics.text();

    expect(text).toContain('slipway_git_call_seconds_count{operation="fetch",host="other",result="failed"} 1');
    expect(text).toContain('slipway_forge_call_seconds_count{forge="gitea",host="git.example.com",status="200"} 1');
    expect(text).toContain('slipway_forge_call_seconds_count{forge="gitea",host="git.example.com",status="none"} 1');
    expect(text).toContain('slipway_forge_budget_remaining{host="git.example.com",credential="gitops-token"} 41');
    expect(text).toContain('slipway_runs_total{outcome="failed",failure="BuildFailed"} 1');
    expect(text).toContain('slipway_runs_total{outcome="failed",failure="Error"} 1');
    expect(text).toContain('slipway_runs_total{outcome="released",failure=""} 1');
  });

  it('tell the steps that are under way, what they waited for and how they ended', async () => {
    const metrics = createWorkerMetrics([]);
    for (const step of ['buildImage', 'cloneSource', 'cloneSource']) metrics.began(step);
    metrics.ended({ step: 'cloneSource', result: 'Unavailable', seconds: 3, waitedSeconds: 0.02 });
    metrics.build('docker', 'reused', 0.4);

    const text = await metrics.text();

    expect(text).toContain('slipway_steps_running{step="cloneSource"} 1');
    expect(text).toContain('slipway_steps_running{step="buildImage"} 1');
    expect(text).toContain('slipway_step_seconds_count{step="cloneSource",result="failed"} 1');
    expect(text).toContain('slipway_step_failures_total{step="cloneSource",failure="Unavailable"} 1');
    expect(text).toContain('slipway_step_wait_seconds_count{queue="steps"} 1');
    expect(text).toContain('slipway_builds_total{kind="docker",result="reused"} 1');
  });
});
