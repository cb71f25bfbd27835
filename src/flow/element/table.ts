/** The elements there are. Adding one touches its own file and this table. */
import type { Element } from '../program.js';
import type { ElementKind } from './element.js';
import { ownPhone } from './own-phone.js';
import { play } from './play.js';
import { record } from './record.js';
import { reject } from './reject.js';
import { ring } from './ring.js';

const TABLE: { [T in Element['type']]: ElementKind<T> } = { ring, play, record, reject, ownPhone };

/** The kind of an element, typed for use with that element's own config. */
export const kindOf = (element: Element) => TABLE[element.type] as unknown as ElementKind<Element['type']> & {
  doing(config: Element['config']): string;
};
