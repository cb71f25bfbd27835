import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { challengesIn } from './challenge.js';
import { digestHeader, digestIn, type Hash } from './digest.js';
import { Signer } from './sign-in.adapter.js';

const hash: Hash = (name, text) => createHash(name).update(text, 'utf8').digest('hex');
const RFC = 'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", '
  + 'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const MUFASA = { username: 'Mufasa', password: 'Circle of Life', method: 'GET', uri: '/dir/index.html', count: 1, cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', hash };

describe('the examples of the RFCs', () => {
  it('RFC 7616, 3.9.1: SHA-256 before MD5, and both', () => {
    const challenges = challengesIn(RFC);
    expect(digestIn(challenges)).toMatchObject({ hash: 'sha256', qop: true, session: false });
    const header = digestHeader(digestIn(challenges)!, MUFASA);
    expect(header).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"');
    expect(header).toMatch(/^Digest username="Mufasa", realm="http-auth@example\.org", nonce="7ypf[^"]*", uri="\/dir\/index\.html", response="[0-9a-f]{64}", algorithm=SHA-256, opaque="FQhe[^"]*", qop=auth, nc=00000001, cnonce="f2\/wE[^"]*"$/);
    expect(digestHeader(digestIn(challenges.slice(1))!, MUFASA)).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
  });

  // The response of erratum 4897 is the one with SHA-512/256 as FIPS 180-4 has it.
  it('RFC 7616, 3.9.2: a name in UTF-8, hashed', () => {
    const [challenge] = challengesIn('Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true');
    const header = digestHeader(digestIn([challenge!])!, { username: 'J\u00e4s\u00f8n Doe', password: 'Secret, or not?', method: 'GET', uri: '/doe.json', count: 1, cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v', hash });
    expect(header).toContain('username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"');
    expect(header).toContain('response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"');
    expect(header).toMatch(/userhash=true$/);
  });

  it('RFC 2617, 3.5: MD5; and -sess, where the nonce goes into the secret', () => {
    const header = 'Digest realm="testrealm@host.com",qop="auth,auth-int",nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const mufasa = { ...MUFASA, password: 'Circle Of Life', cnonce: '0a4f113b' };
    expect(digestHeader(digestIn(challengesIn(header))!, mufasa)).toContain('response="6629fae49393a05397450978507c4ef1"');
    const session = digestHeader(digestIn(challengesIn(`${header}, algorithm=MD5-sess`))!, mufasa);
    const a1 = hash('md5', `${hash('md5', 'Mufasa:testrealm@host.com:Circle Of Life')}:dcd98b7102dd2f0e8b11d0f600bfb0c093:0a4f113b`);
    expect(session).toContain(`response="${hash('md5', `${a1}:dcd98b7102dd2f0e8b11d0f600bfb0c093:00000001:0a4f113b:auth:${hash('md5', 'GET:/dir/index.html')}`)}"`);
    expect(session).toContain('algorithm=MD5-sess');
  });

  it('RFC 2069: without options', () => {
    const header = digestHeader(digestIn(challengesIn('Digest realm="r", nonce="n"'))!, MUFASA);
    expect(header).toContain(`response="${hash('md5', `${hash('md5', 'Mufasa:r:Circle of Life')}:n:${hash('md5', 'GET:/dir/index.html')}`)}"`);
    expect(header).not.toMatch(/qop|nc=|cnonce/);
  });
});

it('a name that would end its quotes does not, and letters beyond ASCII go as the server knows them', () => {
  const plain = digestIn(challengesIn('Digest realm="a \\"b\\"", nonce="n", qop="auth"'))!;
  expect(digestHeader(plain, { ...MUFASA, username: 'x", uri="/y\\' })).toContain('username="x\\", uri=\\"/y\\\\", realm="a \\"b\\""');
  expect(Buffer.from(digestHeader(plain, { ...MUFASA, username: 'änna' }), 'latin1').toString('utf8')).toContain('username="änna"');
  const utf8 = digestIn(challengesIn('Digest realm="r", nonce="n", qop="auth", charset=UTF-8'))!;
  expect(digestHeader(utf8, { ...MUFASA, username: "änna's" })).toContain("username*=UTF-8''%C3%A4nna%27s");
});

describe('challenges', () => {
  it('stand several in one header, with blobs and without anything', () => {
    expect(challengesIn('Negotiate, Basic realm="a, b=c", charset="UTF-8", Digest  realm = "x" ,nonce=abc , Bearer').map(({ scheme, params }) => [scheme, { ...params }])).toEqual([
      ['negotiate', {}], ['basic', { realm: 'a, b=c', charset: 'UTF-8' }], ['digest', { realm: 'x', nonce: 'abc' }], ['bearer', {}]]);
    expect(challengesIn('Negotiate YWJj+/==, basic realm=x').map(({ scheme }) => scheme)).toEqual(['negotiate', 'basic']);
    expect(challengesIn('')).toEqual([]);
    expect(challengesIn('"nonsense').map(({ scheme }) => scheme)).toEqual([]);
  });

  it('that cannot be answered are none', () => {
    for (const header of ['Digest realm="x"', 'Digest nonce="x"', 'Digest realm="r", nonce="n", algorithm=SHA3', 'Digest realm="r", nonce="n", qop="auth-int"', 'Digest realm="r", nonce="n", algorithm=__proto__', 'Basic realm="r"']) expect(digestIn(challengesIn(header)), header).toBeUndefined();
  });

  it('take time in proportion to the header', () => {
    for (const nasty of ['a '.repeat(1e6), 'a="'.repeat(1e6), '\\"'.repeat(1e6), `a="${'\\'.repeat(1e6)}`, ','.repeat(1e6), '='.repeat(1e6)]) challengesIn(nasty);
  });
});

it('shows the password to nobody whose demand cannot be read', () => {
  const asked = (header: string) => new Signer({ username: 'anna', password: 'secret' }, false).challenged(header, undefined);
  for (const odd of ['<script>alert(1)</script>', 'Negotiate =,=,=', '"', ',,,;']) expect(asked(odd), odd).toMatchObject({ kind: 'other-way', chosen: 'auto' });
  for (const basic of ['', 'Basic realm="x"', 'BASIC']) expect(asked(basic), basic).toBe('again');
});
