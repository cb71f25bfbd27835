/** What is printed when everything runs: where to go, how to get in, what to try. */
export interface Greeting {
  url: string;
  /** The one-time set-up link, when nobody can sign in yet. */
  setUp?: string;
  /** Where the telephone calls come from. */
  pbx: { kind: 'practice'; calls: readonly { from: string; to: string; who: string }[] } | { kind: 'real'; hosts: string[] } | { kind: 'none'; reason: string };
  roles: readonly string[];
}

const CONNECT = '  To connect a real Asterisk: AMI_URL=ami://user:secret@host:5038 npm start  (docs/asterisk.md)';

export const greeting = ({ url, setUp, pbx, roles }: Greeting): string => {
  const lines = [
    `Ringbook is running: ${url}`,
    ...(roles.length < 3 ? [`  This process plays: ${roles.join(', ')}`] : []),
    ...(setUp ? ['  First time here? Open this link once to choose your mail address and password:', `    ${setUp}`] : []),
    ...pbxLines(pbx),
    '  Ctrl-C stops everything.',
  ];
  return `\n${lines.join('\n')}\n\n`;
};

const pbxLines = (pbx: Greeting['pbx']): string[] => {
  if (pbx.kind === 'real') return [`  Telephone system: ${pbx.hosts.join(', ')}`];
  if (pbx.kind === 'none') return [`  No telephone system: ${pbx.reason}`, CONNECT];
  const calls = pbx.calls.map(({ from, to, who }) => `    npm run call -- --from ${from} --to ${to}    # ${who}`);
  return ['  The practice phone system is running. In another terminal, make a call arrive:', ...calls, CONNECT];
};
