/**
 * Fills the facts of a call into a text to be spoken: {{caller.name}}, {{caller.number}}, {{user.name}}, {{status}}.
 * A fact that is not known becomes nothing. Facts are the caller's text: what could steer a speech program (markup,
 * control characters) becomes a space, and they are cut at 80 characters.
 */
export type SpokenFacts = Partial<Record<'caller.name' | 'caller.number' | 'user.name' | 'status', string>>;

export const SPOKEN_FACTS = ['caller.name', 'caller.number', 'user.name', 'status'] as const;

export const fillIn = (text: string, facts: SpokenFacts): string =>
  text.replaceAll(/\{\{\s*([a-z.]+)\s*\}\}/g, (_, name: string) => harmless(facts[name as keyof SpokenFacts] ?? '')).replaceAll(/ {2,}/g, ' ').trim();

const harmless = (fact: string) => fact.replaceAll(/[^\p{L}\p{M}\p{N}\p{Zs}.,'’+-]/gu, ' ').slice(0, 80);
