import type { BuildFailureType } from '../../planes/build-plane.ts';
import type { Phase } from './phases.ts';

interface PhaseRequest {
  readonly builderImage: string;
  readonly app: string;
  readonly image: { readonly registry: string; readonly name: string };
  /** Whose secrets are used. */
  readonly namespace: string;
}

interface Explanation {
  readonly type: BuildFailureType;
  readonly text: string;
}

/** The lifecycle's exit codes that mean something of their own. */
const codes = {
  platformApi: 11,
  buildpackApi: 12,
  noneDetected: 20,
  noneDetectedOneBroke: 21,
  buildpackFailed: 51,
} as const;

/** Codes with which another try of the same phase cannot help. */
export const finalPhaseCodes: Readonly<Partial<Record<Phase, readonly number[]>>> = {
  detect: [codes.platformApi, codes.buildpackApi, codes.noneDetected, codes.noneDetectedOneBroke],
  build: [codes.platformApi, codes.buildpackApi, codes.buildpackFailed],
};

/** What it means that a phase ended with that code (not 0); `log` is the phase's own output, whose last lines the caller adds. */
export function explainPhase(phase: Phase, exitCode: number, request: PhaseRequest, log: string): Explanation {
  const { builderImage } = request;
  if (exitCode === codes.platformApi) {
    return {
      type: 'BuildFailed',
      text: `The lifecycle of the ${phase} phase does not speak the platform API that was chosen. Use a builder image (${builderImage}) and a SLIPWAY_LIFECYCLE_IMAGE of about the same age.`,
    };
  }
  if (exitCode === codes.buildpackApi) {
    return {
      type: 'BuildFailed',
      text: `A buildpack of ${builderImage} needs a buildpack API that its lifecycle does not have. Use a newer builder image, or tell who makes it.`,
    };
  }
  if (phase === 'detect' && (exitCode === codes.noneDetected || exitCode === codes.noneDetectedOneBroke)) {
    return { type: 'BuildFailed', text: noneDetected(request, exitCode === codes.noneDetectedOneBroke, log) };
  }
  if (phase === 'build' && exitCode === codes.buildpackFailed) {
    const buildpack = lastMatch(log, /buildpack "?([\w./-]+@[\w.+-]+)"? failed/);
    const who = buildpack === undefined ? 'A buildpack' : `The buildpack ${buildpack}`;
    return { type: 'BuildFailed', text: `${who} of ${builderImage} failed while it built ${appOf(request)}.` };
  }
  if (phase === 'detect' || phase === 'build') return unexpected(phase, exitCode);
  return explainRegistry(phase, exitCode, request, log);
}

/** Phases with credentials fail at the registry, or because something broke under them. */
function explainRegistry(
  phase: Phase,
  exitCode: number,
  { image, namespace, builderImage }: PhaseRequest,
  log: string,
): Explanation {
  const where = `${image.registry}/${image.name}`;
  if (
    /\bUNAUTHORIZED\b|(?<!permission )\bDENIED\b|\b40[13] (?:Unauthorized|Forbidden)\b|status code 40[13]\b/i.test(log)
  ) {
    return {
      type: 'AccessDenied',
      text: `A registry did not let the ${phase} phase read or write ${where}, its cache image or the run image. The account in the secret registry-auth for namespace ${namespace} needs the right to push there.`,
    };
  }
  if (
    /MANIFEST_UNKNOWN|NAME_UNKNOWN|run image.{0,200}(?:not found|does not exist)|failed to (?:get|access|find) .{0,200}run image/i.test(
      log,
    )
  ) {
    return {
      type: 'BuildFailed',
      text: `The run image of ${builderImage} does not exist or may not be read. Check the parameter builder-image, or mirror its run image to where builds can reach it.`,
    };
  }
  if (/x509:|certificate signed by unknown authority/.test(log)) {
    return {
      type: 'Unavailable',
      text: `The certificate of a registry is not trusted where builds run. Add its authority to the file that SLIPWAY_CA_FILE names.`,
    };
  }
  if (/connection (?:refused|reset)|no such host|i\/o timeout|TLS handshake timeout|\b50[0234] /i.test(log)) {
    return {
      type: 'BuildInfrastructure',
      text: `The ${phase} phase could not reach a registry (code ${exitCode}): that of ${where} or of the run image. Check that builds can reach them.`,
    };
  }
  return unexpected(phase, exitCode);
}

function unexpected(phase: Phase, exitCode: number): Explanation {
  return { type: 'BuildInfrastructure', text: `The ${phase} phase ended with the unexpected code ${exitCode}.` };
}

/** Words of buildpacks' ids, and the files that such buildpacks look for. */
const markers: Readonly<Record<string, string>> = {
  dotnet: '*.csproj',
  go: 'go.mod or *.go',
  gradle: 'build.gradle',
  java: 'pom.xml or build.gradle',
  maven: 'pom.xml',
  node: 'package.json',
  nodejs: 'package.json',
  npm: 'package.json',
  php: 'composer.json or index.php',
  python: 'requirements.txt, pyproject.toml or *.py',
  ruby: 'Gemfile',
};

function noneDetected(request: PhaseRequest, oneBroke: boolean, log: string): string {
  const tried = [
    ...new Set([...log.matchAll(/\b(?:fail|err): {1,10}([\w./-]{1,200}@[\w.+-]{1,60})/g)].map(([, id = '']) => id)),
  ];
  const words = tried.flatMap((id) => id.toLowerCase().split(/[^a-z]+/));
  const looked = [...new Set(words.flatMap((word) => (Object.hasOwn(markers, word) ? [markers[word]] : [])))];
  return [
    `No buildpack of ${request.builderImage} fits ${appOf(request)}${oneBroke ? ', and at least one broke while it looked' : ''}.`,
    tried.length === 0 ? '' : `Tried: ${tried.join(', ')}.`,
    looked.length === 0 ? '' : `They look for files such as ${looked.join('; ')}.`,
    'Check the parameter app-path, include and exclude of project.toml, and that the builder image is made for the language.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

const appOf = ({ app }: PhaseRequest): string => (app === '.' ? 'the application' : app);

function lastMatch(log: string, pattern: RegExp): string | undefined {
  return log
    .split('\n')
    .slice(-50)
    .map((line) => pattern.exec(line.slice(0, 2000))?.[1])
    .findLast((found) => found !== undefined);
}
