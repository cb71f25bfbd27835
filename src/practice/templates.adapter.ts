/** Renders Asterisk's configuration files. Handlebars escapes nothing here: whoever fills a template has validated the values. */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';

const TEMPLATES = fileURLToPath(new URL('../../templates/asterisk/', import.meta.url));

/** The text of `templates/asterisk/<name>.hbs`, filled; a value that is missing is an error, not an empty string. */
export const renderTemplate = async (name: string, context: object): Promise<string> =>
  Handlebars.compile(await readFile(join(TEMPLATES, `${name}.hbs`), 'utf8'), { noEscape: true, strict: true })(context);

/** Renders every template of `templates/asterisk/practice`, and the two that Ringbook gives to real systems, into `dir`. */
export const renderConfiguration = async (dir: string, context: object): Promise<void> => {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const own = (await readdir(join(TEMPLATES, 'practice'))).map((file) => `practice/${file.replace(/\.hbs$/, '')}`);
  for (const name of [...own, 'extensions_ringbook.conf', 'manager_ringbook.conf']) {
    await writeFile(join(dir, name.replace('practice/', '')), await renderTemplate(name, context), { mode: 0o600 });
  }
};
