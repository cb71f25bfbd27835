/** What would be read at a place: how many codes, what stands in the way, and 20 contacts. */
import type { CarrierPreview } from '@ringbook/contracts/carrier';
import { showCount } from '../../lib/when.js';
import { CodeBadge, Name } from '../../part/name.js';
import { Note } from '../../part/note.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';

const t = w.carrier;

export const Preview = ({ preview }: { preview: CarrierPreview }) => (
  <section aria-label={t.preview} className={part.stack}>
    <h3 style={{ margin: 0 }}>{t.preview}</h3>
    <p style={{ margin: 0 }}>{t.reads(showCount(preview.codes), preview.cards, showCount(preview.cards))} {preview.inUse > 0 && t.inUse(preview.inUse, showCount(preview.inUse))}</p>
    {preview.warning && <Note tone="warn"><p><bdi dir="auto">{preview.warning}</bdi></p></Note>}
    {preview.sample.length > 0 && (
      <div className={part.scroll} tabIndex={0} role="region" aria-label={t.sample}>
        <table className={part.table}>
          <caption className="hidden">{t.sample}</caption>
          <thead><tr><th scope="col">{t.sampleColumns.name}</th><th scope="col">{t.sampleColumns.value}</th><th scope="col">{t.sampleColumns.code}</th></tr></thead>
          <tbody>
            {preview.sample.map((one, i) => (
              <tr key={i}>
                <th scope="row"><Name>{one.name}</Name></th>
                <td>{one.value === null ? <span className="dim">{t.nothingThere}</span> : <bdi dir="auto">{one.value}</bdi>}</td>
                <td>{one.code ? <CodeBadge code={one.code} short /> : <span className="dim">{t.noCode}</span>}{one.reason && <span className="dim small" style={{ display: 'block' }}><bdi dir="auto">{one.reason}</bdi></span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </section>
);
