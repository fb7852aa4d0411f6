import { z } from 'zod';

/** One entry of an Argo Workflow's `status.nodes`. */
export const Node = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  type: z.enum(['Pod', 'Steps', 'StepGroup']),
  templateName: z.string().optional(),
  boundaryID: z.string().optional(),
  phase: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  message: z.string().optional(),
  children: z.array(z.string()).optional(),
  outputs: z.object({ parameters: z.array(z.object({ name: z.string(), value: z.string() })) }).optional(),
});
type Node = z.infer<typeof Node>;

/** A step of a run. */
interface NodeStep {
  readonly step: string;
  readonly phase: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly message: string | undefined;
}

/** What the guide's templates call our steps; others keep their name. */
const templates: Readonly<Record<string, string>> = {
  resolveRun: 'resolve-run',
  cloneSource: 'clone-source',
  buildImage: 'build-image',
  // OpenChoreo reads the image of the step of this name alone.
  pushImage: 'publish-image',
  extractDescriptor: 'extract-descriptor',
  cloneGitops: 'clone-gitops',
  generateResources: 'generate-gitops-resources',
  commitAndPush: 'git-commit-push',
  createPullRequest: 'create-pull-request',
  reportStatus: 'report-status',
};

/** The nodes of a Workflow whose steps come one after the other, as Argo's controller has them: by id, each the child of the one before. */
export function argoNodes(
  workflow: string,
  whole: Pick<NodeStep, 'phase' | 'startedAt' | 'finishedAt'>,
  steps: readonly NodeStep[],
  { commit, image }: { readonly commit: string | null; readonly image: string | null },
): Record<string, Node> {
  const group = (at: number): string => `${workflow}[${at}]`;
  const outputs = new Map([
    ['clone-source', ['git-revision', commit?.slice(0, 8)]],
    ['publish-image', ['image', image ?? undefined]],
  ] as const);
  const below = (at: number): string[] => (at < steps.length ? [nodeId(workflow, group(at))] : []);
  const root: Node = {
    id: workflow,
    name: workflow,
    displayName: workflow,
    type: 'Steps',
    templateName: 'steps',
    ...whole,
    children: below(0),
  };
  const nodes = steps.flatMap(({ step, ...times }, at): Node[] => {
    const template = templates[step] ?? step;
    const [output, value] = [...outputs].find(([name]) => name === template)?.[1] ?? [];
    const name = `${group(at)}.${template}`;
    const id = nodeId(workflow, name);
    const common = { boundaryID: workflow, ...times };
    const { message: _, ...ofGroup } = common;
    return [
      {
        id: nodeId(workflow, group(at)),
        name: group(at),
        displayName: `[${at}]`,
        type: 'StepGroup',
        ...ofGroup,
        children: [id],
      },
      {
        id,
        name,
        displayName: template,
        type: 'Pod',
        templateName: template,
        ...common,
        children: below(at + 1),
        ...(output !== undefined && value !== undefined && { outputs: { parameters: [{ name: output, value }] } }),
      },
    ];
  });
  return Object.fromEntries([root, ...nodes].map((node) => [node.id, node]));
}

/** As Argo makes it: the 32 bits of FNV-1a of the node's name. */
function nodeId(workflow: string, name: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${workflow}-${hash}`;
}
