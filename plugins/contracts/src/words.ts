/** What zod finds wrong, in words that follow the name of a field ("seconds must be 3 to 120"). Loaded with the contracts: zod's own never reach people. */
import { z } from 'zod';

const KINDS: Record<string, string> = { string: 'text', number: 'a number', nan: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object', date: 'a date' };
const FORMATS: Record<string, string> = { email: 'must be a mail address', uuid: 'must be an id', url: 'must be an address', datetime: 'must be a date and time such as 2026-11-20T10:00:00Z' };
const OF: Record<string, string> = { string: ' characters', array: ' entries' };

type Issue = Parameters<NonNullable<ReturnType<typeof z.config>['customError']>>[0];

export const plainWords = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type': return issue.input === undefined ? 'must be given' : `must be ${KINDS[issue.expected] ?? 'something else'}`;
    case 'too_small': return `must be at least ${issue.minimum}${OF[issue.origin] ?? ''}`;
    case 'too_big': return `must be at most ${issue.maximum}${OF[issue.origin] ?? ''}`;
    case 'invalid_format': return FORMATS[issue.format] ?? 'is not written as it should be';
    case 'invalid_value': return issue.input === undefined ? 'must be given' : `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_union': return issue.input === undefined ? 'must be given' : 'is none of the kinds there are';
    case 'unrecognized_keys': return 'is not known here';
    default: return 'is not right';
  }
};
z.config({ customError: plainWords });
