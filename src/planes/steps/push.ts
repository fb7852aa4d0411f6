import { pushExitCode } from '../../builds/engine-trouble.ts';
import { buildPaths, type StepContext } from './step-context.ts';
import { uploadCommand } from './upload-command.ts';

/** Uploads the layout's image by its digest, without a tag, with the credential of that file. Says the exit code. */
export async function pushImage(
  { request, folder, run, output }: StepContext,
  environment: Readonly<Record<string, string>>,
  digest: string,
  credentialFile: string | undefined,
): Promise<number> {
  const { layout } = buildPaths(folder);
  const code = await run(uploadCommand(request, layout, `@${digest}`, credentialFile), environment);
  return code === 0 ? 0 : pushExitCode(await output());
}
