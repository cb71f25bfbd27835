/** The network address that attempts are counted by: an IPv6 customer has a whole /64 to try from. */
export const networkOf = (address: string): string => {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (v4) return v4[1]!;
  return address.includes(':') ? expand(address).slice(0, 4).join(':') : address;
};
const expand = (address: string): string[] => {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  return [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right].map((part) => part.toLowerCase().replace(/^0+(?=.)/, ''));
};
