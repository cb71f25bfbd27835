/** Text that must not reach a log, an error or a page: it prints as `[secret]`; only `reveal()` gives it away. */
export interface Secret { reveal(): string }

class Hidden implements Secret {
  readonly #text: string;
  constructor(text: string) { this.#text = text; }
  reveal(): string { return this.#text; }
  toString(): string { return '[secret]'; }
  toJSON(): string { return '[secret]'; }
  [Symbol.for('nodejs.util.inspect.custom')](): string { return '[secret]'; }
}

export const secret = (text: string): Secret => new Hidden(text);
