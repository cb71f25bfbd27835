/** Every word the console shows, in English. Another language is a second module of this shape. */
import { books } from './en/books.js';
import { calls } from './en/calls.js';
import { common } from './en/common.js';
import { live } from './en/live.js';
import { people } from './en/people.js';
import { rules } from './en/rules.js';
import { shell } from './en/shell.js';

export const en = { ...common, shell, live, calls, rules, people, books };
export type Words = typeof en;
