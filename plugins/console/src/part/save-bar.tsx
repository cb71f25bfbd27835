/** Says that something is not saved yet, and saves it; it stays in sight however long the page is. */
import { Button } from '@mantine/core';
import css from './part.module.css';

interface SaveBarProps { dirty: boolean; saved: boolean; saving: boolean; words: { save: string; saved: string; unsaved: string; discard: string }; onSave: () => void; onDiscard: () => void }
export const SaveBar = ({ dirty, saved, saving, words, onSave, onDiscard }: SaveBarProps) => (
  <>
    <div role="status" className={saved && !dirty ? 'dim' : 'hidden'}>{saved && !dirty ? words.saved : dirty ? words.unsaved : ''}</div>
    {dirty && (
      <div className={css.bar}>
        <span className={css.grow}>{words.unsaved}</span>
        <Button variant="default" size="xs" disabled={saving} onClick={onDiscard}>{words.discard}</Button>
        <Button size="xs" loading={saving} onClick={onSave}>{words.save}</Button>
      </div>
    )}
  </>
);
