import { setWorkflowOptions } from '@temporalio/workflow';
import { componentQueue } from './component-queue.ts';

// The workflows of workers that have a version; Temporal refuses the others' answers with this line in them. A queue lives for months, so it
// moves to the current version, while runs stay with theirs.
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, componentQueue);

export * from './index.ts';
