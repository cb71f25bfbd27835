/** What a method or profile may name: numbers that the numbering plan allows, telephones of that person, recordings that exist. */
import type { Method, Profile } from '@ringbook/contracts';
import { parseNumber } from '../number/parse.js';
import type { FieldError } from '../shared/fault.js';

/** `extensions`: of the person's telephones. `people`: ids of everybody who can be an attendant. `prompts`: undefined when nobody knows. */
export interface Surroundings { region: string; extensions: ReadonlySet<string>; people: ReadonlySet<string>; prompts?: ReadonlySet<string> }

/** A number of the numbering plan, or an extension; what begins with + claims to be the former. */
export const isPossible = (raw: string, region: string): boolean => {
  const forms = parseNumber(raw, region);
  return forms.e164 !== undefined || (forms.extension !== undefined && !raw.trim().startsWith('+'));
};

export const profileErrors = (profile: Profile, around: Surroundings): FieldError[] => [
  ...profile.rules.flatMap((rule, i) => methodErrors(rule.method, `rules.${i}.method`, around)),
  ...methodErrors(profile.otherwise, 'otherwise', around),
];

const join = (path: string, more: string): string => (path ? `${path}.${more}` : more);

/** @param path where the method stands; '' for the whole body */
export const methodErrors = (method: Method, path: string, around: Surroundings): FieldError[] => {
  const next = 'otherwise' in method && method.otherwise ? methodErrors(method.otherwise, join(path, 'otherwise'), around)
    : 'then' in method && method.then ? methodErrors(method.then, join(path, 'then'), around) : [];
  return [...own(method, path, around), ...recording(method, path, around), ...next];
};

const own = (method: Method, path: string, around: Surroundings): FieldError[] => {
  if (method.kind === 'forward') return number(method.to, join(path, 'to'), around);
  if (method.kind === 'attendant') return around.people.has(method.userId) ? [] : [{ path: join(path, 'userId'), message: 'there is no such user' }];
  if (method.kind === 'ring') return method.devices === 'all' ? [] : method.devices.flatMap((ext, i) => telephone(ext, join(path, `devices.${i}`), around));
  if (method.kind === 'oneNumber') return method.steps.flatMap((step, s) => step.to.flatMap((to, t) => target(to, join(path, `steps.${s}.to.${t}`), around)));
  return [];
};

const recording = (method: Method, path: string, { prompts }: Surroundings): FieldError[] => {
  const name = 'prompt' in method ? method.prompt : undefined;
  return name === undefined || !prompts || prompts.has(name) ? [] : [{ path: join(path, 'prompt'), message: 'there is no such recording' }];
};

const target = (to: string, path: string, around: Surroundings) => (to.startsWith('device:') ? telephone(to.slice(7), path, around) : number(to, path, around));
const number = (raw: string, path: string, { region }: Surroundings): FieldError[] => (isPossible(raw, region) ? [] : [{ path, message: 'cannot be a telephone number' }]);
const telephone = (ext: string, path: string, { extensions }: Surroundings): FieldError[] => (extensions.has(ext) ? [] : [{ path, message: 'is not one of this user\'s telephones' }]);
