import { describe, expect, it } from 'vitest';
import { parseAmiUrls } from './url.js';

const one = (value: string) => {
  const { targets, problems } = parseAmiUrls(value);
  expect(problems).toEqual([]);
  return { ...targets[0]!, secret: targets[0]!.secret.reveal() };
};

describe('AMI_URL', () => {
  it('has a port of its own for TLS, and an id that stays', () => {
    expect(one('ami://ringbook:s3cret@PBX.example.org')).toEqual({ id: 'p1x1h1kr', host: 'pbx.example.org', port: 5038, tls: false, user: 'ringbook', secret: 's3cret', insecure: false });
    expect(one('amis://ringbook:s3cret@pbx.example.org/')).toMatchObject({ port: 5039, tls: true });
    expect(one('ami://other:secret@pbx.example.org:5038').id).toBe('p1x1h1kr');
    expect(one('ami://u:s@[::1]:80')).toMatchObject({ host: '::1', port: 80 });
  });

  it('takes options behind the ?, and secrets with any character when percent-encoded', () => {
    expect(one('amis://u:p%40ss%2F%23%25%3F%20%C3%BC@h?ca=/etc/ca.pem&name=berlin')).toMatchObject({ id: 'berlin', ca: '/etc/ca.pem', secret: 'p@ss/#%? ü', insecure: false });
    expect(one('amis://u:s@h?insecure=1').insecure).toBe(true);
  });

  it('may name several systems, each once', () => {
    expect(parseAmiUrls(' ami://u:s@a  ami://u:s@b\n').targets.map((target) => target.host)).toEqual(['a', 'b']);
    expect(parseAmiUrls('ami://u:s@a ami://v:t@a:5038').problems).toEqual(['address 2 is the same telephone system as one before it, or has its name']);
    expect(parseAmiUrls('')).toEqual({ targets: [], problems: [] });
  });

  it('says what is wrong without repeating any of it', () => {
    const wrong = [
      'http://u:hunter2@h', 'ami://hunter2', 'ami://u:hunter2', 'ami://:hunter2@h', 'ami://u:@h', 'ami://u:hunter2@h/path', 'ami://u:hunter2@h#x', 'ami://u:hunter2/x@h',
      'ami://u:hunter2@h:99999', 'ami://u:hunter2%0d%0aAction@h', 'ami://u:hunter2%ff@h', 'ami://u:s@h?insecure=1', 'amis://u:s@h?insecure=yes', 'amis://u:s@h?ca=rel',
      'amis://u:s@h?ca=/a&insecure=1', 'ami://u:s@h?name=Big', 'ami://u:s@h?name=aaaaaaaaaaaaaaaaaaaaa', 'ami://u:s@h?hunter2=1',
    ];
    for (const value of wrong) {
      const { targets, problems } = parseAmiUrls(value);
      expect([value, targets, problems.length]).toEqual([value, [], 1]);
      expect(problems[0]).not.toContain('hunter2');
    }
    expect(JSON.stringify(parseAmiUrls('ami://u:hunter2@h'))).not.toContain('hunter2');
  });
});
