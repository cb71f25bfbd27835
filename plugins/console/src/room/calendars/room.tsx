/** Calendars: where they are, what their events mean for one's status, and the rules that say so. */
import { Button } from '@mantine/core';
import { IconCalendar, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys } from '../../api.js';
import { Empty, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';
import { AddSource } from '../sources/add.js';
import { Agenda } from './agenda.js';
import { CalendarCard } from './card.js';
import { EventRules } from './event-rules.js';

const t = w.calendars;

export const CalendarsRoom = () => {
  const [adding, setAdding] = useState(false);
  const asked = useQuery({ queryKey: keys.calendars, queryFn: api.calendars.list, refetchInterval: (query) => (query.state.data?.items.some(({ health }) => health.state === 'syncing' || health.state === 'new') ? 2500 : false) });
  const items = asked.data?.items ?? [];
  const add = <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setAdding(true)}>{t.add}</Button>;
  return (
    <Room title={t.title} tools={items.length > 0 && add}>
      <div className={css.stack}>
        <p className="dim" style={{ margin: 0 }}>{t.lead}</p>
        <ProblemNote error={asked.error} retry={() => void asked.refetch()} />
        {asked.isPending ? <Waiting /> : items.length === 0 ? !asked.error && <Empty icon={<IconCalendar size={36} stroke={1.5} />} title={t.empty}><p>{t.emptyHelp}</p>{add}</Empty> : (
          <>
            {items.map((calendar) => <CalendarCard key={calendar.id} calendar={calendar} />)}
            <Agenda names={Object.fromEntries(items.map(({ id, name }) => [id, name]))} />
            <EventRules calendars={items} />
          </>
        )}
      </div>
      {adding && <AddSource calendar onClose={() => setAdding(false)} />}
    </Room>
  );
};
