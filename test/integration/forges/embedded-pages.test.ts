import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, startWorld, type TestWorld, tokens } from './world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function openPull(head: string, more: Json = {}): Promise<Json> {
  const { body } = await world.api('/repos/acme/gitops/pulls', {
    method: 'POST',
    token: tokens.slipway,
    body: { title: head, head, base: 'main', ...more },
  });
  return body;
}

describe('the pages', () => {
  const page = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${world.forge().url}${path}`, init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;

  it('escape hostile titles, bodies, comments, labels, file names and statuses', async () => {
    const name = 'a<img src=x>&"b';
    const commit = await world.commit('acme/gitops', 'hostile', name, `${hostile}\n`, 'main');
    const { number, html_url } = await openPull('hostile', {
      title: hostile,
      body: `# ${hostile}\n\n[x](javascript:alert(3)) [y](https://ok.example/"onmouseover=alert(4))\n\n| ${hostile} |\n|---|\n| \`${hostile}\` |`,
    });
    await world.api(`/repos/acme/gitops/issues/${number}/comments`, {
      method: 'POST',
      token: tokens.ada,
      body: { body: hostile },
    });
    await world.api(`/repos/acme/gitops/issues/${number}/labels`, {
      method: 'POST',
      token: tokens.ada,
      body: { labels: [hostile] },
    });
    await world.api(`/repos/acme/gitops/statuses/${commit}`, {
      method: 'POST',
      token: tokens.ada,
      body: { state: 'success', context: hostile, description: hostile, target_url: 'javascript:alert(5)' },
    });

    expect(html_url).toBe(`${world.forge().url}/acme/gitops/pull/${number}`);
    for (const path of ['/', '/acme/gitops', `/acme/gitops/pull/${number}`, `/acme/gitops/commit/${commit}`]) {
      const { status, text, headers } = await page(path);
      expect(status).toBe(200);
      expect(text).not.toMatch(/<script|<img|href="javascript|"onmouseover/i);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    expect((await page(`/acme/gitops/pull/${number}`)).text).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
  });

  it('show a pull request with its Markdown and its coloured diff', async () => {
    await world.commit('acme/gitops', 'shown', 'README.md', '# Bye\n', 'main');
    const { number } = await openPull('shown', {
      body: '## Plan\n\n| | now |\n|---|---|\n| Release | `a` |\n\n- one\n- **two**\n\n<!-- slipway hidden -->\n',
    });
    const { text } = await page(`/acme/gitops/pull/${number}`);

    expect(text).toContain('<h3>Plan</h3>');
    expect(text).toContain('<td><code>a</code></td>');
    expect(text).toContain('<li><strong>two</strong></li>');
    expect(text).not.toContain('slipway hidden');
    expect(text).toContain('<span class="minus">-# Hello\n</span><span class="plus">+# Bye\n</span>');
  });

  it('merge by a button, but only for forms of our own on this machine', async () => {
    await world.commit('acme/gitops', 'button', 'button', '1', 'main');
    const { number } = await openPull('button');
    const path = `/acme/gitops/pull/${number}`;
    const foreign = await page(`${path}/merge`, { method: 'POST', headers: { origin: 'https://evil.example' } });
    const without = await page(`${path}/merge`, { method: 'POST' });

    expect([foreign.status, without.status]).toEqual([403, 403]);
    expect((await page(path)).text).toContain('Merge pull request</button>');
    expect((await page(`${path}/merge`, { method: 'POST', headers: { origin: world.forge().url } })).text).toContain(
      'by visitor',
    );
    expect((await page(path)).text).not.toContain('Merge pull request</button>');
  });

  it('are a clear 404 for what is not there', async () => {
    for (const path of [
      '/acme/nothing',
      '/acme/gitops/pull/999',
      '/acme/gitops/commit/zzz',
      '/a/b/c/d',
      '/../../etc/passwd',
      '/acme/gitops/commit/--output=x',
    ]) {
      expect((await page(path)).status).toBe(404);
    }
  });
});
