import { describe, expect, it } from 'vitest';
import {
  phaseCommand,
  phaseEnvironment,
  phasePaths,
  phases,
  phasesOf,
  userPhases,
} from '../../../../src/builds/buildpacks/phases.ts';

const settings = {
  api: '0.13',
  image: 'h.example/shop/api:v1',
  runImage: 'h.example/run@sha256:r',
  cacheImage: 'h.example/cache:shop-api',
  usesCache: true,
  userId: 1001,
  groupId: 1002,
  order: undefined,
  report: '/dev/termination-log',
  plainHttpRegistries: [],
} as const;

describe('phaseCommand', () => {
  it('keeps what decides the run image and the buildpacks out of the folder that user code writes', () => {
    for (const phase of phases) {
      const [, ...args] = phaseCommand(phase, settings);
      expect(args).toContain('-analyzed=/analyzed/analyzed.toml');
      expect(args.filter((arg) => arg.includes(phasePaths.layers))).toEqual([]);
    }
  });

  it('names image, run image and cache image to the phases with credentials only', () => {
    const naming = (text: string) => phases.filter((phase) => phaseCommand(phase, settings).join(' ').includes(text));
    expect(naming('-cache-image=')).toEqual(['analyze', 'restore', 'export']);
    expect(naming('-run-image=')).toEqual(['analyze']);
    expect(naming('-uid=1001 -gid=1002')).toEqual(['analyze', 'restore', 'export']);
    expect(naming(settings.image)).toEqual(['analyze', 'export']);
    expect(naming('-report=/dev/termination-log')).toEqual(['export']);
  });

  it("lets detect say what it tried, and follow an order that is not the builder's", () => {
    expect(phaseCommand('detect', settings)).toEqual([
      '/cnb/lifecycle/detector',
      '-analyzed=/analyzed/analyzed.toml',
      '-group=/control/group.toml',
      '-plan=/control/plan.toml',
      '-platform=/platform',
      '-log-level=debug',
    ]);
    expect(phaseCommand('detect', { ...settings, order: '[[order]]' })).toContain('-order=/order/order.toml');
  });
});

describe('phasesOf', () => {
  it('restores only where there is a cache image', () => {
    expect(phasesOf(settings)).toEqual(['analyze', 'detect', 'restore', 'build', 'export']);
    expect(phasesOf({ ...settings, cacheImage: undefined })).toEqual(['analyze', 'detect', 'build', 'export']);
    expect(phasesOf({ ...settings, usesCache: false })).toEqual(['analyze', 'detect', 'build', 'export']);
    expect(phaseCommand('export', { ...settings, usesCache: false })).toContain(
      '-cache-image=h.example/cache:shop-api',
    );
    expect(phaseCommand('export', { ...settings, cacheImage: undefined }).join(' ')).not.toContain('cache');
  });
});

describe('phaseEnvironment', () => {
  it('tells registries with plain http to the phases that talk to registries, and the API to all', () => {
    const plain = { ...settings, plainHttpRegistries: ['127.0.0.1:5000', 'r.example'] };
    const told = phases.filter((phase) => 'CNB_INSECURE_REGISTRIES' in phaseEnvironment(phase, plain));
    expect(told).toEqual(phases.filter((phase) => !userPhases.includes(phase)));
    expect(phaseEnvironment('export', plain)).toEqual({
      CNB_PLATFORM_API: '0.13',
      CNB_INSECURE_REGISTRIES: '127.0.0.1:5000,r.example',
    });
    expect(phaseEnvironment('analyze', settings)).toEqual({ CNB_PLATFORM_API: '0.13' });
  });
});
