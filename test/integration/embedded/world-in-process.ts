import { startWorld } from '../../../src/embedded/world.ts';

const [folder = '', cacheFolder = ''] = process.argv.slice(2);
const world = await startWorld(
  { folder, cacheFolder, environment: process.env, temporalFrom: undefined },
  () => undefined,
);
process.stdout.write(`${JSON.stringify({ address: world.temporal.address, registry: world.registry })}\n`);
setInterval(() => undefined, 1000);
