import { afterAll, beforeAll, expect, it } from 'vitest';
import { patience } from '../../support/build-world.ts';
import { type BuildpackWorld, startBuildpackWorld } from '../../support/buildpack-world.ts';
import { imageTexts } from '../../support/image-texts.ts';

let world: BuildpackWorld;
beforeAll(async () => {
  world = await startBuildpackWorld();
});
afterAll(() => world?.close());

const password = 'registry-password-of-the-test';
const auth = Buffer.from(`robot:${password}`).toString('base64');
const token = 'source-token-of-the-test';
const secrets = [password, auth, token];
const pattern = secrets.map((secret) => `[${secret[0]}]${secret.slice(1)}`).join('|');

/** Without the secrets themselves: looks wherever a credential could be, tries to write what later phases believe, and leaves links to where they have theirs. */
const attack = (folder: string): string => `
try() { if "$@" 2>/dev/null; then echo "REACHED: $*"; else echo "refused: $*"; fi; }
write() { try sh -c "echo '[run-image]' >>$1"; }
try grep -qrE '${pattern}' /credential /certificates /run /var /tmp /etc /workspace /layers /analyzed /control /platform /report /root
try sh -c "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | grep -qE '${pattern}'"
try ls ${folder}
try ls /proc/1/root${folder}
try ls /var/run/docker.sock /run/containerd/containerd.sock
try sh -c '[ $(ls -d /proc/[0-9]* | wc -l) -gt 20 ]'
write /analyzed/analyzed.toml
write /cnb/order.toml
write /etc/passwd
write /platform/env/HOME
write /credential/config.json
grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status
ln -sf /credential/config.json stolen
ln -sf /credential stolen-folder
ln -sf ${folder} stolen-machine
`;

const detectAttack = (folder: string): string => `${attack(folder)}
mkdir -p /layers/example_inline/planted
ln -sfn /analyzed /layers/example_awk
`;

const buildAttack = (folder: string): string => `${attack(folder)}
write /control/group.toml
write /control/plan.toml
try ls /layers/example_inline/planted
try ls /layers/example_awk
ln -s /credential/config.json "$1/file"
ln -s /credential "$1/folder"
ln -s /credential /layers/example_shell
mkdir "$1/layer"
ln -s /credential/config.json "$1/layer/config.json"
for each in layer folder file; do printf '[types]\\nlaunch = true\\ncache = true\\n' >"$1/$each.toml"; done
ln -s /credential/config.json "$1/launch.toml"
`;

it('hostile user code in a local build by buildpacks finds no credential, and writes nothing that a phase with one believes', async ({
  skip,
}) => {
  if (world.images.given) skip('the buildpacks of a given builder are not known');
  const plane = world.buildpacksPlane({
    sourceAuthorization: async () => `Bearer ${token}`,
    registryAuth: async () => JSON.stringify({ auths: { [world.registry.host]: { auth } } }),
  });
  const { folder } = world;
  const request = await world.requestForApp({ 'detect.sh': detectAttack(folder), 'build.sh': buildAttack(folder) });

  const outcome = await plane.build(request, patience());

  const logs = [await world.phaseLog(request, 'detect'), await world.phaseLog(request, 'build')];
  for (const log of logs) {
    expect(log.split('\n').filter((line) => line.startsWith('REACHED'))).toEqual([]);
    expect(log).toMatch(/^refused: .*\/analyzed\/analyzed\.toml$/m);
    expect(log).toMatch(/CapEff:\s0+\nCapBnd:\s0+\nNoNewPrivs:\s1\nSeccomp:\s2/);
  }
  expect(logs[1]).toMatch(/^refused: .*\/control\/group\.toml$/m);
  const said = [JSON.stringify(outcome), await world.logOf(request)].join('\n');
  for (const secret of secrets) expect(said).not.toContain(secret);
  if (outcome.kind !== 'built') throw new Error(outcome.message);
  const image = await imageTexts(`${world.registry.host}/${request.image.name}@${outcome.digest}`);
  expect(image).toContain('stolen');
  for (const secret of secrets) expect(image).not.toContain(secret);
});
