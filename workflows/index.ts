export { buildAndRelease } from './build-and-release.ts';
export { componentQueue } from './component-queue.ts';
export { handleDelivery } from './handle-delivery.ts';
export { janitor } from './janitor.ts';
export { sweepPushes } from './sweep-pushes.ts';
