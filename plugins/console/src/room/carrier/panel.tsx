/** Where the codes of a book are kept: what is free, what would be read there, and the way from one place to another. */
import { Button } from '@mantine/core';
import type { AddressBook } from '@ringbook/contracts/book';
import type { Carrier } from '@ringbook/contracts/carrier';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { api, keys, queries } from '../../api.js';
import { beyondFields } from '../../lib/problem.js';
import { Panel, ProblemNote, Waiting } from '../../part/basics.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import { refreshBooks } from '../books/health.js';
import { carrierWords, sameCarrier } from '../books/words.js';
import { Fill } from './fill.js';
import { Move, Moves } from './move.js';
import { PLACE_FIELDS, PlaceFields } from './place.js';
import { Preview } from './preview.js';

const t = w.carrier;

const Chooser = ({ book, onDone, onClose }: { book: AddressBook; onDone: (carrier: Carrier | null) => void; onClose: () => void }) => {
  const name = useId();
  const fill = useQuery({ queryKey: keys.fields(book.id), queryFn: () => api.books.fields(book.id), staleTime: 60_000, retry: false, refetchOnWindowFocus: false });
  const [own, setOwn] = useState(false);
  const [chosen, setChosen] = useState<Carrier | null>(null);
  const preview = useMutation({ mutationFn: (carrier: Carrier) => api.books.previewCarrier(book.id, carrier) });
  const save = useMutation({ mutationFn: (carrier: Carrier) => api.books.setCarrier(book.id, carrier), onSuccess: (_, carrier) => { refreshBooks(); void queries.invalidateQueries({ queryKey: keys.fields(book.id) }); onDone(carrier); } });
  const choose = (carrier: Carrier) => { setOwn(false); setChosen(carrier); preview.mutate(carrier); };
  const nameIt = (carrier: Carrier) => { setChosen(carrier); preview.reset(); };
  const same = chosen !== null && sameCarrier(chosen, book.carrier);
  return (
    <div className={part.stack}>
      <h3 style={{ margin: 0 }}>{t.fill}</h3>
      <ProblemNote error={fill.error} retry={() => void fill.refetch()} />
      {fill.isPending ? <><p className="dim small" style={{ margin: 0 }}>{t.looking}</p><Waiting /></> : fill.data && <Fill report={fill.data} chosen={own ? null : chosen} current={book.carrier} name={name} onChoose={choose} />}
      {!own ? <div><Button size="xs" variant="subtle" onClick={() => { setOwn(true); nameIt(chosen ?? book.carrier); }}>{t.other}</Button></div> : (
        <fieldset className={part.stack} style={{ border: 0, margin: 0, padding: 0 }}>
          <legend className="hidden">{t.other}</legend>
          <PlaceFields carrier={chosen ?? book.carrier} ldap={book.kind === 'ldap'} error={preview.error} onChange={nameIt} />
          <div><Button size="xs" variant="light" loading={preview.isPending} onClick={() => { if (chosen) preview.mutate(chosen); }}>{t.check}</Button></div>
        </fieldset>
      )}
      <span role="status" className="dim small">{preview.isPending ? t.previewing : ''}</span>
      <ProblemNote error={own ? beyondFields(preview.error, PLACE_FIELDS) : preview.error} />
      {preview.data && chosen && (
        <>
          <Preview preview={preview.data} />
          {same ? <p className="dim" style={{ margin: 0 }}>{t.already}</p> : book.health.codes > 0 ? <Move key={JSON.stringify(chosen)} book={book} to={chosen} onDone={() => onDone(null)} /> : (
            <div><p className="dim small" style={{ margin: '0 0 0.5rem' }}>{t.useHelp}</p><Button size="xs" loading={save.isPending} onClick={() => save.mutate(chosen)}>{t.use}</Button></div>
          )}
          <ProblemNote error={save.error} />
        </>
      )}
      <div><Button size="xs" variant="default" onClick={onClose}>{t.close}</Button></div>
    </div>
  );
};

export const CarrierPanel = ({ book }: { book: AddressBook }) => {
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  const done = (carrier: Carrier | null) => { setOpen(false); setSaid(carrier ? t.used(carrierWords(carrier)) : ''); };
  return (
    <Panel className={part.stack} label={t.title}>
      <h2 style={{ margin: 0 }}>{t.title}</h2>
      <p style={{ margin: 0 }}>{t.now(carrierWords(book.carrier))}</p>
      <span role="status" className={said ? 'dim small' : 'hidden'}>{said}</span>
      {open ? <Chooser book={book} onDone={done} onClose={() => setOpen(false)} /> : <div><Button size="xs" variant="default" onClick={() => { setSaid(''); setOpen(true); }}>{t.change}</Button></div>}
      <Moves book={book} />
    </Panel>
  );
};
