/** The forms of a telephone number by which it may be found. Made by number/parse.ts. */
export interface NumberForms {
  raw: string;
  /** E.164 with +, only when possible in the numbering plan. */
  e164?: string;
  /** National significant number, digits only; ambiguous between countries, hence weaker than e164. */
  national?: string;
  /** 2 to 6 digits: an extension of this telephone system. */
  extension?: string;
  /** The last 9 digits, all of them when there are fewer, for callers that arrive cut or with unknown prefixes; counts only when unique. */
  suffix?: string;
}
