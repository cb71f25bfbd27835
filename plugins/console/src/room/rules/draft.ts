/** The rules being edited. Pure: every change makes a new profile. */
import type { Method } from '@ringbook/contracts/method';
import type { Profile, Rule } from '@ringbook/contracts/profile';

export const newRule = (id: string): Rule => ({ id, when: {}, method: { kind: 'ring', devices: 'all', seconds: 25, otherwise: { kind: 'voicemail' } } });

export const moveRule = (profile: Profile, from: number, to: number): Profile => {
  if (to < 0 || to >= profile.rules.length || from === to) return profile;
  const rules = [...profile.rules];
  rules.splice(to, 0, ...rules.splice(from, 1));
  return { ...profile, rules };
};
export const putRule = (profile: Profile, index: number, rule: Rule): Profile => ({ ...profile, rules: profile.rules.map((each, i) => (i === index ? rule : each)) });
export const dropRule = (profile: Profile, index: number): Profile => ({ ...profile, rules: profile.rules.filter((_, i) => i !== index) });
export const addRule = (profile: Profile, rule: Rule, index = profile.rules.length): Profile => ({ ...profile, rules: profile.rules.toSpliced(index, 0, rule) });

/** What was typed and left empty is left out, so that a rule says only what it means. */
export const tidyRule = ({ label, ...rule }: Rule): Rule => {
  const { codes, status, hours, ...when } = rule.when;
  return {
    ...rule, ...(label?.trim() ? { label: label.trim() } : {}), method: tidyMethod(rule.method),
    when: { ...when, ...(codes?.length ? { codes } : {}), ...(status?.length ? { status } : {}), ...(hours?.windows.length ? { hours } : {}) },
  };
};
const tidyMethod = (method: Method): Method => {
  const out = Object.fromEntries(Object.entries(method).filter(([key, value]) => value !== undefined && !((key === 'greeting' || key === 'prompt') && value === ''))) as unknown as Method;
  if ('otherwise' in out && out.otherwise) return { ...out, otherwise: tidyMethod(out.otherwise) };
  if ('then' in out && out.then) return { ...out, then: tidyMethod(out.then) };
  return out;
};
export const tidyProfile = (profile: Profile): Profile => ({ rules: profile.rules.map(tidyRule), otherwise: tidyMethod(profile.otherwise) });

export const sameProfile = (a: Profile, b: Profile) => JSON.stringify(tidyProfile(a)) === JSON.stringify(tidyProfile(b));

/** A fresh method of a kind, keeping what follows it where the new kind has a place for that. */
export const changeKind = (method: Method, kind: Method['kind']): Method => {
  const next = 'otherwise' in method ? method.otherwise : 'then' in method ? method.then : undefined;
  const tail = next ? { otherwise: next } : {};
  switch (kind) {
    case 'ring': return { kind, devices: 'all', seconds: 25, ...tail };
    case 'forward': return { kind, to: '', seconds: 25, ...tail };
    case 'oneNumber': return { kind, steps: [{ to: [], seconds: 20 }], ...tail };
    case 'announce': return { kind, text: '', ...(next ? { then: next } : {}) };
    case 'attendant': return { kind, userId: '', seconds: 25, ...tail };
    case 'voicemail': return { kind };
    case 'reject': return { kind };
  }
};

/** Which rules have something wrong, by the paths of a problem document (`rules.2.method.to`, `otherwise.text`). */
export type Place = number | 'otherwise';
export const placesOf = (paths: string[]): Place[] => {
  const places = paths.map((path): Place | null => { const at = /^rules\.(\d+)/.exec(path); return at ? Number(at[1]) : path.startsWith('otherwise') ? 'otherwise' : null; });
  return [...new Set(places.filter((place) => place !== null))];
};
