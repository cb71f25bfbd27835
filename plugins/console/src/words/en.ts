/** Every word the console shows, in English. Another language is a second module of this shape. */
import { books } from './en/books.js';
import { calendars } from './en/calendars.js';
import { calls } from './en/calls.js';
import { carrier } from './en/carrier.js';
import { codes } from './en/codes.js';
import { common } from './en/common.js';
import { files } from './en/files.js';
import { live } from './en/live.js';
import { people } from './en/people.js';
import { rules } from './en/rules.js';
import { shell } from './en/shell.js';
import { sources } from './en/sources.js';

export const en = { ...common, shell, live, calls, rules, people, books, sources, carrier, codes, calendars, files };
export type Words = typeof en;
