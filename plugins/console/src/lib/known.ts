/** The code in the letters in which it is known already: whoever types `vip` means `VIP`. */
export const asKnown = (typed: string, known: readonly { code: string }[]): string => {
  const same = (code: string) => code.toLowerCase() === typed.toLowerCase();
  return known.some(({ code }) => code === typed) ? typed : known.find(({ code }) => same(code))?.code ?? typed;
};
