/** The rules of a user: an ordered list that reads as sentences, a default at its end, and a place to try it. */
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api, keys } from '../../api.js';
import { useNames } from '../../lib/names.js';
import { capital, methodSentence } from '../../lib/sentence.js';
import { beyondFields } from '../../lib/problem.js';
import { ProblemNote, Room, Waiting } from '../../part/basics.js';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import { Wrongs } from './errors.js';
import { Conflict, LeaveGuard } from './guards.js';
import { MethodEditor } from './method-editor.js';
import { Devices } from './method-fields.js';
import { RuleItem } from './rule-item.js';
import css from './rules.module.css';
import { TryIt } from './try-it.js';
import { useEditing, type Editing } from './use-editing.js';
import { useRules, type Rules } from './use-rules.js';
import { ProblemError } from '@ringbook/contracts/client';

const t = w.rules;

const DefaultRule = ({ editing, names }: { editing: Editing; names: ReturnType<typeof useNames> }) => {
  const { draft, put, open, toggle, places } = editing;
  const shown = open.has('otherwise');
  return (
    <section className={`${css.rule} ${css.default}`} data-wrong={places.includes('otherwise')} aria-label={t.defaultRule}>
      <div className={css.summary} style={{ gridTemplateColumns: 'minmax(0, 1fr) auto', paddingInlineStart: '1rem' }}>
        <div className={css.words}><h2>{t.defaultRule}</h2><p className="dim small">{t.defaultHelp}</p><p className={css.then}>{capital(methodSentence(draft.otherwise, names))}</p></div>
        <Button size="xs" variant={shown ? 'light' : 'default'} aria-expanded={shown} onClick={() => toggle('otherwise')}>{shown ? t.done : w.edit}<span className="hidden">: {t.defaultRule}</span></Button>
      </div>
      {shown && <div className={css.editor}><MethodEditor method={draft.otherwise} path="otherwise" onChange={(otherwise) => put({ ...draft, otherwise })} /></div>}
    </section>
  );
};

const SaveBar = ({ rules, wrongs }: { rules: Rules; wrongs: number }) => (
  <>
    <div role="status" className={rules.saved ? 'dim' : 'hidden'} style={rules.saved ? { marginTop: '0.75rem' } : undefined}>{rules.saved ? t.saved : rules.dirty ? t.unsaved : ''}</div>
    {rules.dirty && (
      <div className={css.bar}>
        <span className={css.grow}>{wrongs > 0 ? <span className={css.wrong}>{t.invalid(wrongs)}</span> : t.unsaved}</span>
        <Button variant="default" size="xs" disabled={rules.saving} onClick={rules.discard}>{t.discard}</Button>
        <Button size="xs" loading={rules.saving} aria-keyshortcuts="Control+S" onClick={rules.save}>{t.save}</Button>
      </div>
    )}
  </>
);

const EditorPane = ({ rules, editing, names, zone }: { rules: Rules; editing: Editing; names: ReturnType<typeof useNames>; zone?: string }) => {
  const { draft, open, places, drag, removed } = editing;
  return (
    <div>
      <p className={css.lead}>{t.lead}</p>
      <div className="hidden" role="status">{editing.said}</div>
      {removed && <div className={css.undo} role="status"><span>{t.removed(removed.index + 1)}</span><Button size="compact-sm" variant="outline" onClick={editing.undo}>{w.undo}</Button></div>}
      {draft.rules.length === 0 && <p className="dim">{t.empty}</p>}
      <ol className={css.list} aria-label={t.list}>
        {draft.rules.map((rule, i) => (
          <RuleItem key={rule.id} rule={rule} index={i} count={draft.rules.length} names={names} zone={zone} drag={drag} open={open.has(rule.id)} wrong={places.includes(i)}
            onToggle={() => editing.toggle(rule.id)} onChange={(next) => editing.change(i, next)} onMove={(to) => editing.move(i, to)} onCopy={() => editing.copy(i)} onRemove={() => editing.remove(i)} />
        ))}
      </ol>
      <div style={{ margin: '0.6rem 0' }}><Button variant="default" leftSection={<IconPlus size={17} aria-hidden />} onClick={editing.add}>{t.add}</Button></div>
      <DefaultRule editing={editing} names={names} />
      <ProblemNote error={beyondFields(rules.error, Object.keys(editing.wrongs))} />
      <SaveBar rules={rules} wrongs={Object.keys(editing.wrongs).length} />
    </div>
  );
};

export const RulesRoom = () => {
  const me = useMe();
  const [search] = useSearchParams();
  const userId = search.get('user') ?? me.id;
  const other = useQuery({ queryKey: keys.user(userId), queryFn: () => api.users.get(userId), enabled: userId !== me.id });
  const person = userId === me.id ? me : other.data;
  const rules = useRules(userId);
  const names = useNames(person?.devices);
  const wrongs = rules.error instanceof ProblemError ? rules.error.fields : {};
  const editing = useEditing(rules.draft, rules.setDraft, wrongs);
  useHotkeys([['mod+S', rules.save]], []);
  return (
    <Room title={person && userId !== me.id ? t.titleOf(person.name) : t.title}>
      {!rules.draft ? (rules.asked.error ? <ProblemNote error={rules.asked.error} retry={() => void rules.asked.refetch()} /> : <Waiting />) : (
        <Wrongs value={wrongs}>
          <Devices value={person?.devices ?? []}>
            <div className={css.room}>
              <EditorPane rules={rules} editing={editing} names={names} zone={person?.zone} />
              <div className={css.side}><TryIt numbers={person?.numbers ?? []} saved={rules.base?.value} dirty={rules.dirty} /></div>
            </div>
          </Devices>
        </Wrongs>
      )}
      <Conflict rules={rules} names={names} />
      <LeaveGuard dirty={rules.dirty} />
    </Room>
  );
};
