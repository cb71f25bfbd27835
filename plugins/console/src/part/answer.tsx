/** The answer to "what would happen?": the method in a sentence, whose rule, and why. */
import type { DecisionAnswer } from '@ringbook/contracts/call';
import type { Profile } from '@ringbook/contracts/profile';
import { useNames } from '../lib/names.js';
import { capital, methodSentence } from '../lib/sentence.js';
import { w } from '../words/index.js';
import { WhyList } from './basics.js';
import { CodeBadge, Name, TierBadge } from './name.js';
import css from './part.module.css';

const t = w.rules.tryIt;
const ruleWords = (answer: DecisionAnswer, profile?: Profile) => {
  if (answer.rule === 'otherwise') return t.byOtherwise;
  const at = profile?.rules.findIndex((rule) => rule.id === answer.rule) ?? -1;
  return at < 0 ? null : t.byRule(at + 1, profile!.rules[at]!.label);
};

export const AnswerPanel = ({ answer, profile }: { answer: DecisionAnswer; profile?: Profile }) => {
  const names = useNames();
  const rule = ruleWords(answer, profile);
  return (
    <div className={css.answer}>
      <p><strong>{capital(methodSentence(answer.method, names))}.</strong></p>
      <p className={css.actions}>{answer.contact && <Name>{answer.contact.name}</Name>}<CodeBadge code={answer.code} /><TierBadge tier={answer.tier} /></p>
      <p className="small dim">{[rule, t.status(w.status[answer.status])].filter(Boolean).join(' · ')}</p>
      <WhyList because={answer.because} />
    </div>
  );
};
