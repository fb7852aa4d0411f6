import { parse } from 'smol-toml';
import { expect, it } from 'vitest';
import { buildkitdToml, registriesConf } from '../../../../src/planes/steps/registries.ts';

const registries = {
  httpHosts: ['127.0.0.1:5000', 'plain.example'],
  mirrors: { 'docker.io': ['127.0.0.1:5000/mirror', 'mirror.example'] },
};

it('tells buildah what speaks plain http and where the mirrors are', () => {
  expect(parse(registriesConf(registries))).toEqual({
    'unqualified-search-registries': ['docker.io'],
    'short-name-mode': 'disabled',
    registry: [
      { location: '127.0.0.1:5000', insecure: true },
      { location: 'plain.example', insecure: true },
      {
        location: 'docker.io',
        insecure: false,
        mirror: [
          { location: '127.0.0.1:5000/mirror', insecure: true },
          { location: 'mirror.example', insecure: false },
        ],
      },
    ],
  });
});

it('tells BuildKit the same', () => {
  expect(parse(buildkitdToml(registries))).toEqual({
    registry: {
      '127.0.0.1:5000': { http: true },
      'plain.example': { http: true },
      'docker.io': { mirrors: ['127.0.0.1:5000/mirror', 'mirror.example'] },
    },
  });
});
