import { expect, it } from 'vitest';
import { archivesOf, program } from './packages.js';

it('finds the archives that apt knows, Debian itself first, never the security archive', () => {
  const printed = `'https://tools.example/apt/dists/stable/InRelease' a 0
'http://mirror.example/debian/dists/bookworm/InRelease' b 0
'http://mirror.example/debian/dists/bookworm-updates/InRelease' c 0
'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' d 0
'http://mirror.example/debian-security/dists/bookworm-security/InRelease' e 0
'https://flat.example/node_20.x/./InRelease' f 0`;
  expect(archivesOf(printed)).toEqual(['http://mirror.example/debian', 'https://tools.example/apt']);
  expect(archivesOf('')).toEqual([]);
});

it('starts a program with its own loader and libraries', () => {
  expect(program('/r', 'sipp')).toMatchObject({ file: '/r/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2', args: expect.arrayContaining(['/r/usr/bin/sipp']) });
});
