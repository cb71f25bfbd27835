/** Messages of callers. A message that is deleted waits a moment, so that it can be kept after all. */
import { Button } from '@mantine/core';
import { IconRecordMail } from '@tabler/icons-react';
import type { Voicemail } from '@ringbook/contracts/call';
import type { Page } from '@ringbook/contracts/client';
import { useInfiniteQuery, useMutation, type InfiniteData } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { formatDuration } from '../../lib/age.js';
import { useNow } from '../../lib/clock.js';
import { callPath } from '../../lib/paths.js';
import { showFull, showMoment } from '../../lib/when.js';
import { Empty, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { Name, Num } from '../../part/name.js';
import { More } from '../../part/split.js';
import { w } from '../../words/index.js';
import { Player } from './player.js';
import css from './voicemail.module.css';

const t = w.calls.voicemail;
/** Time to think again. */
const UNDO = 8000;
type Pages = InfiniteData<Page<Voicemail>, string | null>;
const LIST = [...keys.voicemails, 'list'];

const useDelayedDelete = () => {
  const [waiting, setWaiting] = useState<string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const act = async (id: string) => {
    timers.current.delete(id);
    try { await api.voicemails.remove(id); } catch (cause) { setError(cause); }
    await queries.invalidateQueries({ queryKey: keys.voicemails });
    setWaiting((all) => all.filter((each) => each !== id));
  };
  // Leaving the room is not taking it back.
  useEffect(() => { const running = timers.current; return () => { for (const [id, timer] of running) { clearTimeout(timer); void act(id); } }; }, []);
  return {
    waiting, error,
    remove: (id: string) => { setError(null); setWaiting((all) => [...all, id]); timers.current.set(id, setTimeout(() => void act(id), UNDO)); },
    undo: (id: string) => { clearTimeout(timers.current.get(id)); timers.current.delete(id); setWaiting((all) => all.filter((each) => each !== id)); },
  };
};

const markInCache = (id: string, heard: boolean) => {
  queries.setQueryData<Pages>(LIST, (old) => old && { ...old, pages: old.pages.map((page) => ({ ...page, items: page.items.map((m) => (m.id === id ? { ...m, heard } : m)) })) });
  void queries.invalidateQueries({ queryKey: [...keys.voicemails, 'count'] });
};

const Message = ({ message, onDelete }: { message: Voicemail; onDelete: () => void }) => {
  const now = useNow(false);
  const mark = useMutation({ mutationFn: (heard: boolean) => api.voicemails.setHeard(message.id, heard), onSuccess: (_, heard) => markInCache(message.id, heard) });
  const name = message.from.display;
  const whose = <span className="hidden">: {name}</span>;
  return (
    <li className={css.message} data-new={!message.heard}>
      <div className={css.top}>
        <h2><Name>{name}</Name></h2>
        {!message.heard && <span className={css.new}>{t.new}</span>}
        <span className={css.meta}><time dateTime={message.at} title={showFull(message.at)}>{showMoment(message.at, now)}</time>{message.seconds !== null && <span title={t.length(formatDuration(message.seconds))}>{formatDuration(message.seconds)}</span>}</span>
      </div>
      {name !== message.from.number && <div className="dim small"><Num>{message.from.number}</Num>{message.contact?.organisation && <> · <Name>{message.contact.organisation}</Name></>}</div>}
      <Player id={message.id} name={name} onHeard={() => { if (!message.heard) mark.mutate(true); }} />
      <div className={css.buttons}>
        <Button size="xs" variant="default" onClick={() => mark.mutate(!message.heard)}>{message.heard ? t.markNew : t.markHeard}{whose}</Button>
        <Button size="xs" variant="default" component={Link} to={callPath(message.callId)}>{t.openCall}{whose}</Button>
        <Button size="xs" variant="subtle" color="red" onClick={onDelete}>{w.delete}{whose}</Button>
      </div>
      <ProblemNote error={mark.error} />
    </li>
  );
};

export const VoicemailRoom = () => {
  const list = useInfiniteQuery({ queryKey: LIST, initialPageParam: null as string | null, queryFn: ({ pageParam }) => api.voicemails.list({ cursor: pageParam, limit: 30 }), getNextPageParam: (page) => page.cursor });
  const gone = useDelayedDelete();
  const undo = useRef<HTMLButtonElement>(null);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const last = gone.waiting.at(-1);
  // The button that was pressed has gone with its message: the focus goes to what takes it back.
  useEffect(() => { if (last && (document.activeElement === document.body || document.activeElement === null)) undo.current?.focus(); }, [last]);
  return (
    <Room title={t.title}>
      <div role="status">{last && <div className={css.undo}><span>{t.deleted}</span><Button ref={undo} size="compact-sm" variant="outline" onClick={() => gone.undo(last)}>{w.undo}</Button></div>}</div>
      <ProblemNote error={gone.error ?? list.error} retry={() => void list.refetch()} />
      {list.isPending ? <Waiting /> : items.length === 0 ? <Empty icon={<IconRecordMail size={40} stroke={1.5} />} title={t.empty} />
        : <ul className={css.list} aria-label={t.list}>{items.filter((m) => !gone.waiting.includes(m.id)).map((m) => <Message key={m.id} message={m} onDelete={() => gone.remove(m.id)} />)}</ul>}
      <More more={list.hasNextPage} busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
    </Room>
  );
};
