import { describe, expect, it } from 'vitest';
import { patience } from '../support/build-world.ts';
import { prepareBuildpackBuilds } from '../support/buildpack-builds.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { imageTexts } from '../support/image-texts.ts';

const cluster = useCluster();
const { buildpacksPlane, images, logOf, requestForApp } = await prepareBuildpackBuilds(cluster);

const password = 'registry-password-of-the-test';
const auth = Buffer.from(`robot:${password}`).toString('base64');
const token = 'source-token-of-the-test';
const secrets = [password, auth, token];

/** Without the secrets themselves. Looks wherever a credential could be, tries to write what later phases believe, and leaves links to where they have theirs. */
const attack = `
try() { if "$@" 2>/dev/null; then echo "REACHED: $*"; else echo "refused: $*"; fi; }
write() { try sh -c "echo '[run-image]' >>$1"; }
secrets=/run/secrets/slipway
try ls $secrets
try ls /var/run/secrets/kubernetes.io/serviceaccount/token
try ls /var/run/docker.sock /run/containerd/containerd.sock
try ls /work
try grep -rqE '${secrets.map((secret) => `[${secret[0]}]${secret.slice(1)}`).join('|')}' /run /var /tmp /etc /workspace /layers /analyzed /control /platform /work
cat /proc/*/environ /proc/*/cmdline /proc/1/root/run/secrets/slipway/*/* 2>/dev/null | tr '\\0' '\\n'
write /analyzed/analyzed.toml
write /cnb/order.toml
write /etc/passwd
write /platform/env/HOME
write /run/secrets/x
grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status
ln -sf $secrets/registry/config.json stolen
ln -sf $secrets/registry stolen-folder
`;

const detectAttack = `${attack}
mkdir -p /layers/example_inline/planted
ln -sfn /analyzed /layers/example_awk
`;

const buildAttack = `${attack}
write /control/group.toml
write /control/plan.toml
try ls /layers/example_inline/planted
try ls /layers/example_awk
ln -s $secrets/registry/config.json "$1/file"
ln -s $secrets/registry "$1/folder"
ln -s $secrets /layers/example_shell
mkdir "$1/layer"
ln -s $secrets/registry/config.json "$1/layer/config.json"
for each in layer folder file; do printf '[types]\\nlaunch = true\\ncache = true\\n' >"$1/$each.toml"; done
ln -s $secrets/registry/config.json "$1/launch.toml"
`;

describe.skipIf(images.given)('hostile user code in a build by buildpacks', () => {
  it('finds no credential, and writes nothing that a phase with one believes', async () => {
    const plane = buildpacksPlane({
      sourceAuthorization: async () => `Bearer ${token}`,
      registryAuth: async () => JSON.stringify({ auths: { [cluster.registry]: { auth } } }),
    });
    const request = await requestForApp({ 'detect.sh': detectAttack, 'build.sh': buildAttack });

    const outcome = await plane.build(request, patience());

    const logs = [await logOf(request, 'detect'), await logOf(request, 'build')];
    for (const log of logs) {
      expect(log.split('\n').filter((line) => line.startsWith('REACHED'))).toEqual([]);
      expect(log).toMatch(/^refused: .*\/analyzed\/analyzed\.toml$/m);
      expect(log).toMatch(/CapEff:\s0+\nNoNewPrivs:\s1\nSeccomp:\s2/);
    }
    expect(logs[1]).toMatch(/^refused: .*\/control\/group\.toml$/m);
    const said = [JSON.stringify(outcome), ...logs, await logOf(request, 'export').catch(() => '')].join('\n');
    for (const secret of secrets) expect(said).not.toContain(secret);
    if (outcome.kind !== 'built') throw new Error(outcome.message);
    const image = await imageTexts(`${cluster.registry}/${request.image.name}@${outcome.digest}`);
    expect(image).toContain('stolen');
    for (const secret of secrets) expect(image).not.toContain(secret);
  });
});
