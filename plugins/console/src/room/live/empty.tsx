import { IconPhoneIncoming } from '@tabler/icons-react';
import { CommandLine, Empty } from '../../part/basics.js';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import css from './live.module.css';

const t = w.live.empty;

/** No calls: what this room is for, and how to see it at work. */
export const NoCalls = () => {
  const mine = useMe().numbers[0]?.number;
  return (
    <Empty icon={<IconPhoneIncoming size={40} stroke={1.5} />} title={t.title}>
      <p>{t.lead}</p>
      {mine === undefined ? <p>{t.noNumbers}</p> : (
        <section className={css.try} aria-label={t.tryTitle}>
          <h3>{t.tryTitle}</h3>
          <p>{t.tryLead}</p>
          <CommandLine>{`npm run call -- --from +493012345678 --to ${mine}`}</CommandLine>
          <p>{t.tryThen}</p>
        </section>
      )}
    </Empty>
  );
};
