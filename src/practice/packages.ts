/**
 * What the practice phone system is made of: Debian packages, by name, and how their programs are started from an
 * unpacked folder. Nothing is installed: the programs run with the loader and the libraries that came with them, so the
 * machine's own libraries do not matter.
 */

/** The Debian suite that carries Asterisk 22. */
export const SUITE = 'forky';

const ASTERISK = [
  'asterisk', 'asterisk-modules', 'asterisk-core-sounds-en', 'asterisk-core-sounds-en-gsm',
  'libc6', 'libcap2', 'libcrypt1', 'libedit2', 'libgcc-s1', 'libgsm1', 'libjansson4', 'libpopt0', 'libsqlite3-0',
  'libsrtp2-1', 'libssl3t64', 'libstdc++6', 'libsystemd0', 'liburiparser1', 'libuuid1', 'libxml2-16', 'libxslt1.1',
  'libzstd1', 'libdbus-1-3', 'libbsd0', 'libmd0', 'zlib1g',
];
const SIPP = ['sip-tester', 'libgsl28', 'libgslcblas0', 'libncursesw6', 'libtinfo6', 'libpcap0.8t64', 'libpugixml1v5', 'libsctp1'];
const SPEECH = [
  'espeak-ng', 'libespeak-ng1', 'espeak-ng-data', 'libpcaudio0', 'libsonic0', 'libasound2t64', 'libpulse0', 'libasyncns0',
  'libsndfile1', 'libflac14', 'libmp3lame0', 'libmpg123-0t64', 'libogg0', 'libopus0', 'libvorbis0a', 'libvorbisenc2',
  'libx11-6', 'libx11-xcb1', 'libxcb1', 'libxau6', 'libxdmcp6',
];
export const PACKAGES: readonly string[] = [...ASTERISK, ...SIPP, ...SPEECH];

const LIBRARIES = 'usr/lib/x86_64-linux-gnu';
const PROGRAMS = { asterisk: 'usr/sbin/asterisk', sipp: 'usr/bin/sipp', 'espeak-ng': 'usr/bin/espeak-ng' } as const;
export type ProgramName = keyof typeof PROGRAMS;
export interface Program { file: string; args: string[]; env: Record<string, string> }

/** How to start a program of the unpacked system at `root` (absolute path): file, first arguments, extra environment. */
export const program = (root: string, name: ProgramName): Program => {
  const libraries = `${root}/${LIBRARIES}`;
  return {
    file: `${libraries}/ld-linux-x86-64.so.2`,
    args: ['--library-path', `${libraries}:${libraries}/pulseaudio`, '--argv0', name, `${root}/${PROGRAMS[name]}`],
    env: { ESPEAK_DATA_PATH: libraries, LC_ALL: 'C.UTF-8' },
  };
};

/** Where Asterisk's own modules lie below the unpacked root. */
export const MODULES = `${LIBRARIES}/asterisk/modules`;

/**
 * The Debian archives that this machine uses, best first, out of what `apt-get update --print-uris` prints
 * (`'http://host/debian/dists/bookworm/InRelease' ...`). The security archive carries no testing suite: left out.
 */
export const archivesOf = (printedUris: string): string[] => {
  const found = new Set<string>();
  for (const line of printedUris.split('\n')) {
    const archive = /^'([^']+?)\/dists\/[^']+\/(?:In)?Release'/.exec(line)?.[1];
    if (archive && !/security/i.test(archive)) found.add(archive);
  }
  return [...found].sort((a, b) => Number(b.endsWith('/debian')) - Number(a.endsWith('/debian')));
};
