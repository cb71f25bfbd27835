import { IconArrowsExchange, IconCheck, IconHelpCircle, IconPhoneOff, IconPhoneX, IconRecordMail, IconSpeakerphone, IconX } from '@tabler/icons-react';
import type { CallSummary } from '@ringbook/contracts/call';
import { w } from '../words/index.js';

const ICON = { answered: IconCheck, voicemail: IconRecordMail, announced: IconSpeakerphone, rejected: IconPhoneX, missed: IconPhoneOff, failed: IconX, lost: IconHelpCircle };
const TONE = { answered: 'var(--talk)', voicemail: 'var(--accent)', announced: 'var(--over)', rejected: 'var(--over)', missed: 'var(--bad)', failed: 'var(--bad)', lost: 'var(--warn)' };

/** How a call ended, by word and sign. */
export const OutcomeWord = ({ call }: { call: Pick<CallSummary, 'outcome' | 'endedAt'> }) => {
  const { outcome } = call;
  if (!outcome) return <span style={{ color: 'var(--ring)', display: 'inline-flex', gap: '0.3rem', alignItems: 'center', verticalAlign: 'bottom' }}><IconArrowsExchange size={15} aria-hidden />{w.calls.history.live}</span>;
  const Icon = ICON[outcome];
  return <span style={{ color: TONE[outcome], display: 'inline-flex', gap: '0.3rem', alignItems: 'center', verticalAlign: 'bottom' }} title={w.outcomeHelp[outcome]}><Icon size={15} aria-hidden />{w.outcome[outcome]}</span>;
};
