/** What the editor of rules holds beside the rules: what is open, what is dragged, what was deleted last. */
import type { Profile, Rule } from '@ringbook/contracts/profile';
import { useEffect, useState } from 'react';
import { w } from '../../words/index.js';
import { addRule, dropRule, moveRule, newRule, placesOf, putRule } from './draft.js';

const EMPTY: Profile = { rules: [], otherwise: { kind: 'voicemail' } };
const newId = () => crypto.randomUUID?.() ?? `r${Date.now().toString(36)}`;
/** After the next paint, when the row is where it belongs. */
const focusRule = (id: string, selector = '') => requestAnimationFrame(() => document.querySelector<HTMLElement>(`#${CSS.escape(`rule-${id}`)} ${selector}`.trim())?.focus());

const useOpen = (places: (number | 'otherwise')[], rules: Rule[]) => {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const show = (...ids: string[]) => setOpen((old) => new Set([...old, ...ids]));
  // A rule with something wrong shows where.
  useEffect(() => { if (places.length) show(...places.map((p) => (p === 'otherwise' ? p : rules[p]?.id ?? ''))); }, [places.join()]);
  return { open, show, toggle: (id: string) => setOpen((old) => { const next = new Set(old); if (!next.delete(id)) next.add(id); return next; }) };
};

const useDrag = (move: (from: number, to: number) => void) => {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const end = () => { setDragged(null); setOver(null); };
  return { dragged, over, start: setDragged, enter: setOver, end, drop: () => { if (dragged !== null && over !== null) move(dragged, over); end(); } };
};

export const useEditing = (held: Profile | null, setDraft: (profile: Profile) => void, wrongs: Record<string, string>) => {
  const draft = held ?? EMPTY;
  const places = placesOf(Object.keys(wrongs));
  const { open, show, toggle } = useOpen(places, draft.rules);
  const [said, setSaid] = useState('');
  const [removed, setRemoved] = useState<{ rule: Rule; index: number } | null>(null);
  const put = (next: Profile) => { if (next !== draft) { setRemoved(null); setDraft(next); } };
  const insert = (rule: Rule, index: number) => { put(addRule(draft, rule, index)); show(rule.id); focusRule(rule.id, 'input'); };
  const shift = (from: number, to: number) => {
    if (to < 0 || to >= draft.rules.length) return;
    put(moveRule(draft, from, to));
    setSaid(w.rules.moved(to + 1, draft.rules.length));
  };
  return {
    draft, places, wrongs, open, toggle, put, said, removed,
    drag: useDrag(shift),
    change: (index: number, rule: Rule) => put(putRule(draft, index, rule)),
    add: () => insert(newRule(newId()), draft.rules.length),
    copy: (index: number) => insert({ ...draft.rules[index]!, id: newId() }, index + 1),
    /** The focus goes with the rule, so that the same key moves it on. */
    move: (from: number, to: number) => { const inside = document.activeElement; shift(from, to); requestAnimationFrame(() => { if (inside instanceof HTMLButtonElement && inside.disabled) focusRule(draft.rules[from]!.id); else if (inside instanceof HTMLElement) inside.focus(); }); },
    remove: (index: number) => { const rule = draft.rules[index]!; put(dropRule(draft, index)); setRemoved({ rule, index }); focusRule(draft.rules[index + 1]?.id ?? draft.rules[index - 1]?.id ?? ''); },
    undo: () => { if (removed) { put(addRule(draft, removed.rule, removed.index)); focusRule(removed.rule.id); } },
  };
};
export type Editing = ReturnType<typeof useEditing>;
