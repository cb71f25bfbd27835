/** What is read of a contact, whatever form its bytes have. */
import type { CardNumber } from './vcard.js';

/** Who a contact is, as its card says. */
export interface Reading { uid: string | null; name: string; organisation: string | null; numbers: CardNumber[] }
/** One field of a contact that holds something: its name in upper case (attributes: as written), its value with escapes undone. */
export interface FieldValue { field: string; value: string }
