import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { type Html, html } from './html.ts';

const css = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --paper: #fff; --panel: #f6f8fa; --link: #0969da; --open: #1a7f37; --merged: #8250df; --closed: #cf222e; --wait: #9a6700; --plus: #dafbe1; --minus: #ffebe9; --hunk: #ddf4ff; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --paper: #0d1117; --panel: #151b23; --link: #4493f8; --open: #3fb950; --merged: #ab7df8; --closed: #f85149; --wait: #d29922; --plus: #12361f; --minus: #3c1618; --hunk: #121d2f; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; color: var(--text); background: var(--paper); overflow-wrap: anywhere; }
header, main { max-width: 64rem; margin: 0 auto; padding: .8rem 1.2rem; }
header { border-bottom: 1px solid var(--line); color: var(--quiet); }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1.05rem; }
code, pre { font: .87em/1.5 ui-monospace, monospace; } :not(pre) > code { background: var(--panel); border-radius: 4px; padding: .1em .35em; }
pre { background: var(--panel); padding: .6rem; overflow-x: auto; border-radius: 6px; }
.wide { overflow-x: auto; } table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: .3rem .7rem; text-align: left; }
blockquote { margin: 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--quiet); }
.quiet { color: var(--quiet); } .rows { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 6px; }
.rows li { padding: .5rem .8rem; border-top: 1px solid var(--line); } .rows li:first-child { border-top: 0; }
.badge { display: inline-block; padding: .05rem .6rem; border-radius: 1rem; border: 1px solid currentColor; font-size: .85rem; font-weight: 600; }
.open, .success { color: var(--open); } .merged { color: var(--merged); } .closed, .failure, .error { color: var(--closed); } .pending { color: var(--wait); }
.panel, .file { border: 1px solid var(--line); border-radius: 6px; padding: .2rem 1rem; margin: .8rem 0; }
.file { padding: 0; } .file summary { padding: .5rem .8rem; background: var(--panel); cursor: pointer; } .file pre { margin: 0; padding: 0; background: none; }
.diff span { display: block; min-width: max-content; padding: 0 .8rem; } .diff .plus { background: var(--plus); } .diff .minus { background: var(--minus); } .diff .hunk { background: var(--hunk); color: var(--quiet); }
summary .plus { color: var(--open); } summary .minus { color: var(--closed); }
button { font: inherit; font-weight: 600; padding: .45rem 1rem; border: 0; border-radius: 6px; background: var(--open); color: var(--paper); cursor: pointer; }
`;

const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** Answers with a whole page: no scripts, and a policy that forbids any. */
export function sendPage(response: Response, status: number, title: string, path: readonly Html[], body: Html): void {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${{ html: css }}</style></head>
<body><header><nav><a href="/">Repositories</a>${path.map((step) => html` / ${step}`)}</nav></header><main>${body}</main></body></html>
`;
  response
    .status(status)
    .set({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    .type('html')
    .send(page.html);
}
