/** Whether a method can be carried out for a person at all. Implemented beside the rules (profile/method-check.service.ts). */
import type { Method } from '@ringbook/contracts';

export interface MethodCheck {
  /** @param path where the method stands in the body. @throws Fault `request.invalid` that names what cannot be */
  check(method: Method, path: string, personId: string): Promise<void>;
  /** The extension of that telephone of the person, or of their first. @throws Fault `device.none` (conflict), `request.invalid` */
  telephone(personId: string, extension: string | undefined): Promise<string>;
}
/** Nest token of the one MethodCheck of a process. */
export const METHOD_CHECK = Symbol('METHOD_CHECK');
