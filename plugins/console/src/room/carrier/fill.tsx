/** The fill report: for each field in how many cards it is empty, what stands there, and whether it is free. */
import { Button, Radio } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck, IconCircleHalf2, IconTag } from '@tabler/icons-react';
import type { Carrier, FieldReport, FillReport } from '@ringbook/contracts/carrier';
import { useState } from 'react';
import { showCount } from '../../lib/when.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import { carrierShort, sameCarrier } from '../books/words.js';

const t = w.carrier;
const VERDICT = { free: [IconCheck, part.good], codes: [IconTag, part.good], partly: [IconCircleHalf2, part.soso], used: [IconAlertTriangle, part.bad], taken: [IconBan, part.dull] } as const;
const RANK: FieldReport['verdict'][] = ['free', 'codes', 'partly', 'used', 'taken'];
const FEW = 8;

const Verdict = ({ report }: { report: FieldReport }) => {
  const [Icon, tone] = VERDICT[report.verdict];
  return <span title={report.text}><span className={`${part.mark} ${tone}`}><Icon size={16} aria-hidden />{t.verdict[report.verdict]}</span><span className="dim small" style={{ display: 'block' }}>{report.text}</span></span>;
};

const Row = ({ report, name, chosen, said, onChoose }: { report: FieldReport; name: string; chosen: Carrier | null; said?: string; onChoose: (carrier: Carrier) => void }) => {
  const { carrier } = report;
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        {carrier ? <Radio name={name} value={report.field} checked={chosen !== null && sameCarrier(chosen, carrier)} label={<bdi dir="auto">{carrierShort(carrier)}</bdi>} description={said} aria-label={t.choose(carrierShort(carrier))} onChange={() => onChoose(carrier)} />
          : <><bdi dir="auto">{report.field}</bdi><span className="dim small" style={{ display: 'block', fontWeight: 400 }}>{t.cannot}</span></>}
        {report.samples.length > 0 && <span className="dim small" style={{ display: 'block', fontWeight: 400, paddingInlineStart: carrier ? '1.9rem' : 0 }}>{report.samples.map((sample, i) => <span key={i}>{i > 0 && ', '}“<bdi dir="auto">{sample}</bdi>”</span>)}</span>}
      </th>
      <td role="cell" className="figures"><span className={part.cellname} aria-hidden>{t.columns.empty} </span>{t.emptyIn(showCount(report.empty), showCount(report.cards))}{report.codes > 0 && <span className="dim small" style={{ display: 'block' }}>{t.codes(report.codes, showCount(report.codes))}</span>}</td>
      <td role="cell"><Verdict report={report} /></td>
    </tr>
  );
};

export const Fill = ({ report, chosen, current, name, onChoose }: { report: FillReport; chosen: Carrier | null; current: Carrier; name: string; onChoose: (carrier: Carrier) => void }) => {
  const [all, setAll] = useState(false);
  const isSuggested = (each: FieldReport) => each.carrier !== null && report.suggested.some((one) => sameCarrier(one, each.carrier!));
  const is = (each: FieldReport, carrier: Carrier | undefined) => each.carrier !== null && carrier !== undefined && sameCarrier(each.carrier, carrier);
  const best = report.suggested.find((one) => !sameCarrier(one, current));
  // The free ones first, and of those what is suggested.
  const rows = report.fields.toSorted((a, b) => Number(isSuggested(b)) - Number(isSuggested(a)) || RANK.indexOf(a.verdict) - RANK.indexOf(b.verdict) || b.empty - a.empty);
  if (report.cards === 0) return <p className="dim">{t.fillEmpty}</p>;
  return (
    <>
      <p className="dim small">{t.fillLead(report.cards, showCount(report.cards))}</p>
      <table className={`${part.table} ${part.stacks}`} role="table">
        <caption className="hidden">{t.fill}</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">{t.columns.field}</th><th role="columnheader" scope="col">{t.columns.empty}</th><th role="columnheader" scope="col">{t.columns.verdict}</th></tr></thead>
        <tbody role="rowgroup">{(all ? rows : rows.slice(0, FEW)).map((each) => <Row key={each.field} report={each} name={name} chosen={chosen} said={is(each, current) ? t.current : is(each, best) ? t.suggested : undefined} onChoose={onChoose} />)}</tbody>
      </table>
      {!all && rows.length > FEW && <div><Button size="xs" variant="subtle" onClick={() => setAll(true)}>{t.showAll(rows.length)}</Button></div>}
    </>
  );
};
