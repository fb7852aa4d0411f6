import { describeForge } from './contract.ts';
import { startGiteaWorld } from './gitea-world.ts';

describeForge('Gitea', startGiteaWorld);
