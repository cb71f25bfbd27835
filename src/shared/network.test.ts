import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, isIn, isNamed, networkOf, parseHosts, reachOf } from './network.js';

describe('addresses', () => {
  it.each([
    ['8.8.8.8', 'public'], ['2a00:1450::5', 'public'], ['172.32.0.1', 'public'], ['100.128.0.1', 'public'], ['64:ff9b::8.8.8.8', 'public'],
    ['127.0.0.1', 'private'], ['127.9.9.9', 'private'], ['10.1.2.3', 'private'], ['172.16.0.1', 'private'], ['172.31.255.255', 'private'], ['192.168.0.9', 'private'], ['100.64.1.1', 'private'],
    ['::1', 'private'], ['[::1]', 'private'], ['fd12::1', 'private'], ['fc00::1', 'private'], ['fec0::1', 'private'], ['::ffff:127.0.0.1', 'private'], ['::ffff:7f00:1', 'private'], ['64:ff9b::10.0.0.1', 'private'], ['2002:a00:1::', 'private'], ['::10.0.0.1', 'private'],
    ['169.254.169.254', 'never'], ['::ffff:169.254.169.254', 'never'], ['fe80::1%eth0', 'never'], ['febf::1', 'never'], ['64:ff9b::a9fe:a9fe', 'never'], ['2002:a9fe:a9fe::1', 'never'], ['fd00:ec2::254', 'never'], ['100.100.100.200', 'never'],
    ['168.63.129.16', 'never'], ['0.0.0.0', 'never'], ['0.1.2.3', 'never'], ['::', 'never'], ['224.0.0.251', 'never'], ['239.1.1.1', 'never'], ['255.255.255.255', 'never'], ['ff02::1', 'never'],
  ])('%s is %s', (text, reach) => { expect(reachOf(addressOf(text)!)).toBe(reach); });

  it.each(['', 'x', '1.2.3', '1.2.3.256', '1.2.3.4.5', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', 'g::1', '::1.2.3.999', 'fe80', '12345::'])('"%s" is none', (text) => { expect(addressOf(text)).toBeUndefined(); });

  it('are read in every spelling', () => {
    fc.assert(fc.property(fc.ipV6(), (text) => { expect(addressOf(text)).toBe(addressOf(new URL(`http://[${text}]/`).hostname)); }));
    fc.assert(fc.property(fc.ipV4(), (text) => { expect(addressOf(text)).toBe(addressOf(`::ffff:${text}`)); }));
    fc.assert(fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (text, bits) => { expect(isIn(addressOf(text)!, networkOf(`${text}/${bits}`)!)).toBe(true); }));
  });
});

it('hosts are names and networks', () => {
  const { hosts, problems } = parseHosts('Dav.Office.Example 10.2.0.0/16, fd00::/8 192.168.1.7');
  expect(problems).toEqual([]);
  const named = (host: string, address: string) => isNamed(hosts, host, addressOf(address)!);
  expect([named('dav.office.example', '127.0.0.1'), named('x', '10.2.9.9'), named('x', '::ffff:10.2.9.9'), named('x', 'fd11::1'), named('x', '192.168.1.7')]).toEqual([true, true, true, true, true]);
  expect([named('x.dav.office.example', '127.0.0.1'), named('x', '10.3.0.1'), named('x', '192.168.1.8'), named('x', '2a00::1')]).toEqual([false, false, false, false]);
  expect(parseHosts('10.0.0.0/33 http://x 10.0.0 a:80 *.x').problems).toHaveLength(5);
});
