import { expect, it } from 'vitest';
import { nginxConf } from '../../../../src/builds/react/frontend-files.ts';

/** The `map` of nginx.conf, whose expressions mean the same in JavaScript. */
function cacheControl(uri: string): string {
  const rows = [...nginxConf(8080).matchAll(/^ +"~(\*?)(.+)" "(public.+)";$/gm)];
  const row = rows.find(([, anyCase, expression = '']) => new RegExp(expression, anyCase ? 'i' : '').test(uri));
  return row?.[3] ?? 'no-cache';
}

it.each([
  ['/static/js/main.073c9b0a.js'],
  ['/assets/main-fdc9911f.js'],
  ['/assets/index-DvGkLmNo.js'],
  ['/assets/vendor-Ab-dEf_h.css'],
  ['/assets/deep/logo-B1zQ8x-K.svg'],
])('%s is cached for a year, as its name has a hash', (uri) => {
  expect(cacheControl(uri)).toBe('public, max-age=31536000, immutable');
});

it.each([
  ['/'],
  ['/index.html'],
  ['/config.js'],
  ['/runtime-settings.js'],
  ['/assets/logo-original.svg'],
  ['/assets/icon-userPlus.svg'],
  ['/assets/LICENSE-ORIGINAL.txt'],
])('%s is asked for again', (uri) => {
  expect(cacheControl(uri)).toBe('no-cache');
});
