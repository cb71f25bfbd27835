/** One rule: its sentence, its place, and its editor when open. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCopy, IconGripVertical, IconTrash } from '@tabler/icons-react';
import type { Rule } from '@ringbook/contracts/profile';
import type { DragEvent, KeyboardEvent } from 'react';
import { capital, methodSentence, whenSentence, type Names } from '../../lib/sentence.js';
import { w } from '../../words/index.js';
import { useWrong } from './errors.js';
import { MethodEditor } from './method-editor.js';
import css from './rules.module.css';
import { WhenEditor } from './when-editor.js';

const t = w.rules;
export interface ItemProps {
  rule: Rule; index: number; count: number; open: boolean; wrong: boolean; names: Names; zone?: string;
  drag: { dragged: number | null; over: number | null; start: (index: number) => void; enter: (index: number) => void; drop: () => void; end: () => void };
  onToggle: () => void; onChange: (rule: Rule) => void; onMove: (to: number) => void; onCopy: () => void; onRemove: () => void;
}

const Words = ({ rule, names }: Pick<ItemProps, 'rule' | 'names'>) => {
  const when = whenSentence(rule.when, names);
  return (
    <div className={css.words}>
      <h2><bdi dir="auto">{rule.label ?? when}</bdi></h2>
      {rule.label && <p>{when}</p>}
      <p className={css.then}>{capital(methodSentence(rule.method, names))}</p>
    </div>
  );
};

const Tools = ({ index, count, open, onToggle, onMove, onCopy, onRemove }: ItemProps) => (
  <div className={css.tools}>
    <ActionIcon disabled={index === 0} aria-label={t.up(index + 1)} onClick={() => onMove(index - 1)}><IconArrowUp size={17} /></ActionIcon>
    <ActionIcon disabled={index === count - 1} aria-label={t.down(index + 1)} onClick={() => onMove(index + 1)}><IconArrowDown size={17} /></ActionIcon>
    <ActionIcon aria-label={`${t.duplicate}: ${index + 1}`} title={t.duplicate} onClick={onCopy}><IconCopy size={17} /></ActionIcon>
    <ActionIcon aria-label={`${t.remove} ${index + 1}`} title={t.remove} onClick={onRemove}><IconTrash size={17} /></ActionIcon>
    <Button size="xs" variant={open ? 'light' : 'default'} aria-expanded={open} onClick={onToggle}>{open ? t.done : w.edit}<span className="hidden">: {t.edit(String(index + 1))}</span></Button>
  </div>
);

const Editor = ({ rule, index, zone, onChange }: ItemProps) => (
  <div className={css.editor}>
    <TextInput label={t.label} placeholder={t.labelPlaceholder} maw={420} maxLength={80} value={rule.label ?? ''} error={useWrong(`rules.${index}.label`)}
      onChange={(e) => { const { label: _, ...rest } = rule; onChange(e.currentTarget.value ? { ...rest, label: e.currentTarget.value } : rest); }} />
    <WhenEditor when={rule.when} zone={zone} path={`rules.${index}.when`} onChange={(when) => onChange({ ...rule, when })} />
    <MethodEditor method={rule.method} path={`rules.${index}.method`} onChange={(method) => onChange({ ...rule, method })} />
  </div>
);

export const RuleItem = (props: ItemProps) => {
  const { rule, index, open, wrong, names, drag, onMove } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key)) return;
    event.preventDefault();
    onMove(index + (event.key === 'ArrowUp' ? -1 : 1));
  };
  const dropping = drag.dragged !== null && {
    onDragOver: (event: DragEvent) => { event.preventDefault(); drag.enter(index); },
    onDrop: (event: DragEvent) => { event.preventDefault(); drag.drop(); },
  };
  return (
    <li id={`rule-${rule.id}`} tabIndex={-1} className={css.rule} data-wrong={wrong} data-dragged={drag.dragged === index} data-over={drag.over === index && drag.dragged !== index} onKeyDown={onKeyDown} {...dropping}>
      <div className={css.summary}>
        <span className={css.handle} draggable title={t.drag} aria-hidden onDragStart={(event) => { event.dataTransfer.effectAllowed = 'move'; event.dataTransfer.setData('text/plain', rule.id); drag.start(index); }} onDragEnd={drag.end}><IconGripVertical size={18} /></span>
        <span className={css.place} aria-hidden>{index + 1}</span>
        <Words rule={rule} names={names} />
        <Tools {...props} />
      </div>
      {open && <Editor {...props} />}
    </li>
  );
};
