import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporal, type TestTemporal } from '../../support/temporal.ts';

describe('the Temporal dev server', () => {
  let temporal: TestTemporal;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal.stop());

  const withClient = async <T>(use: (client: Client) => Promise<T>): Promise<T> => {
    const connection = await Connection.connect({ address: temporal.address });
    return use(new Client({ connection })).finally(() => connection.close());
  };

  it('takes a workflow with our search attributes and shows its page', async () => {
    await withClient((client) =>
      client.workflow.start('nobodyRunsThis', {
        taskQueue: 'none',
        workflowId: 'first',
        searchAttributes: { SlipwayComponent: ['greeter'], SlipwayOutcome: ['released'] },
      }),
    );

    expect((await fetch(temporal.uiUrl)).headers.get('content-type')).toContain('text/html');
  });

  it('knows its workflows again after being killed', async () => {
    await withClient((client) =>
      client.workflow.start('nobodyRunsThis', { taskQueue: 'none', workflowId: 'survivor' }),
    );

    await temporal.kill();
    await temporal.restart();

    const { status } = await withClient((client) => client.workflow.getHandle('survivor').describe());
    expect(status.name).toBe('RUNNING');
  });

  it('holds no port any more once it has stopped', async () => {
    const other = await startTemporal();
    await other.stop();

    await expect(fetch(other.uiUrl)).rejects.toThrow();
  });
});
