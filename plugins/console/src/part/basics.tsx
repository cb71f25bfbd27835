/** Small parts of every room: heading, problem, empty state, ages, the facts behind a decision. */
import { Button, Loader } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { Because } from '@ringbook/contracts/profile';
import { useEffect, type ReactNode } from 'react';
import { formatAge, formatAgeThen } from '../lib/age.js';
import { useNow } from '../lib/clock.js';
import { problemText } from '../lib/problem.js';
import { locale, showFull } from '../lib/when.js';
import { w } from '../words/index.js';
import css from './part.module.css';

export const Room = ({ title, tools, children }: { title: string; tools?: ReactNode; children: ReactNode }) => {
  useEffect(() => { document.title = `${title} · ${w.product}`; }, [title]);
  return (
    <>
      <header className={css.head}><h1 className={css.grow} tabIndex={-1} id="room-title">{title}</h1>{tools}</header>
      {children}
    </>
  );
};

export const ProblemNote = ({ error, retry }: { error: unknown; retry?: () => void }) => (error === null || error === undefined ? null : (
  <div className={css.problem} role="alert">
    <IconAlertTriangle size={18} aria-hidden />
    <span>{problemText(error)}{retry && <> <Button variant="subtle" color="red" size="compact-sm" onClick={retry}>{w.tryAgain}</Button></>}</span>
  </div>
));

export const Empty = ({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) => (
  <div className={css.empty}><span aria-hidden>{icon}</span><h2>{title}</h2>{children}</div>
);

export const Panel = ({ children, className, label }: { children: ReactNode; className?: string; label?: string }) =>
  <section className={`${css.panel} ${className ?? ''}`} aria-label={label}>{children}</section>;

export const Waiting = () => <div className={css.loading} role="status"><Loader size="sm" aria-hidden /><span className="hidden">{w.loading}</span></div>;

/** How long ago, ticking; the exact moment on hover and for machines. */
export const Age = ({ at }: { at: string }) => {
  const now = useNow();
  return <time dateTime={at} title={showFull(at)}>{formatAge(at, now, locale(), w)}</time>;
};

export const sourceName = (source: string) => w.source[source] ?? source;

/** Now, the age of a fact ticks; for a call of the past (`then`) it is what it was when the call came in. */
const FactAge = ({ at, then }: { at: string; then?: string }) => (then === undefined ? <Age at={at} />
  : <time dateTime={at} title={showFull(at)}>{formatAgeThen(at, then, locale(), w.then)}</time>);

const Fact = ({ fact, then }: { fact: Because; then?: string }) => (
  <li>
    <span className={css.text}><bdi dir="auto">{fact.text}</bdi></span>
    <span className={css.meta}>
      {fact.source && w.calls.call.from(sourceName(fact.source))}
      {fact.source && fact.at && ' · '}
      {fact.at && <FactAge at={fact.at} then={then} />}
    </span>
  </li>
);

/** The facts behind a decision, each with its source and age; rules that did not apply come last and folded. */
export const WhyList = ({ because, then }: { because: Because[]; then?: string }) => {
  const passed = because.filter((fact) => fact.fact === 'passed');
  return (
    <>
      <ul className={css.why}>{because.filter((fact) => fact.fact !== 'passed').map((fact, i) => <Fact key={`${fact.fact}-${i}`} fact={fact} then={then} />)}</ul>
      {passed.length > 0 && <details className={css.passed}><summary>{w.calls.call.passed(passed.length)}</summary><ul className={css.why}>{passed.map((fact, i) => <Fact key={i} fact={fact} then={then} />)}</ul></details>}
    </>
  );
};

export const CommandLine = ({ children }: { children: string }) => <code className={css['code-block']}>{children}</code>;
