import { describe, expect, it } from 'vitest';
import { catalogOf, plan, platform, sampleRun, token } from './sample-resources.ts';

/** The guide's workflow for buildpacks; as much of it as matters here. */
const catalog = catalogOf(
  platform
    .replace(
      /docker:\n.*context: string.*\n.*filePath: string.*\n/,
      'buildpacks:\n        builderImage: string | default="gcr.io/buildpacks/builder:v1"\n        env: \'[]string | default=[]\'\n',
    )
    .replace('clusterScope: true, name: docker-gitops-release', 'name: google-cloud-buildpacks-gitops-release')
    .replace(
      "docker-context, value: '${parameters.docker.context}'",
      "builder-image, value: '${parameters.buildpacks.builderImage}'",
    )
    .replace(
      "dockerfile-path, value: '${parameters.docker.filePath}'",
      "build-env, value: '${parameters.buildpacks.env}'",
    ),
);
const planOf = (buildpacks: object) => plan(sampleRun({ parameters: { buildpacks } }), { catalog });
const refusal = (env: readonly string[]): Promise<unknown> => planOf({ env }).catch((error: unknown) => error);

describe("the variables of a run's buildpacks", () => {
  it('come through the template into the plan as they are', async () => {
    const env = ['A= two words, "quoted" \'single\' a=b=c ', 'B=$(HOME) $$ `id` ${x} \\', 'C=\nfirst\n\nlast\n', 'D='];

    expect(await planOf({ env })).toMatchObject({
      build: {
        kind: 'buildpacks',
        app: 'services/api',
        builderImage: 'gcr.io/buildpacks/builder:v1',
        env: env.map((entry) => ({ name: entry.slice(0, 1), value: entry.slice(2) })),
        files: null,
        group: [],
      },
      warnings: [],
    });
  });

  it('are refused by their index and without their values where they are none', async () => {
    const failure = await refusal(['A=1', 'hunter2', 'B C=hunter2', '=hunter2']);

    expect(failure).toMatchObject({ type: 'InvalidRun' });
    const { message } = failure as Error;
    expect(message).toMatch(
      /spec\.workflow\.parameters\.buildpacks\.env: entry 1 must .*; entry 2 must .*; entry 3 must /,
    );
    expect(message).not.toContain('hunter2');
  });

  it.each([`KEY=${token}`, `KEY=first\n${token}`, `KEY="${token}"`])(
    'are refused where one looks like a token',
    async (entry) => {
      const failure = await refusal(['A=1', entry]);

      expect(failure).toMatchObject({
        type: 'InvalidRun',
        message: expect.stringMatching(/buildpacks\.env\[1\].*looks like a token/),
      });
      expect((failure as Error).message).not.toContain(token);
    },
  );
});

it('a builder image that is none is refused with its field', async () => {
  await expect(planOf({ builderImage: 'not an image' })).rejects.toMatchObject({
    type: 'InvalidRun',
    message: expect.stringContaining('spec.workflow.parameters.buildpacks.builderImage'),
  });
});
