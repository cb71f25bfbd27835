/** The words in force. Only English so far; a second language is chosen here. */
import { en, type Words } from './en.js';

export const w: Words = en;
