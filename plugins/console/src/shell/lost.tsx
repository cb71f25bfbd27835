import { Button } from '@mantine/core';
import { IconMapQuestion, IconMoodSad } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Link, useRouteError } from 'react-router';
import { Empty, Room } from '../part/basics.js';
import { w } from '../words/index.js';

export const NotFound = () => (
  <Room title={w.shell.notFound.title}>
    <Empty icon={<IconMapQuestion size={40} />} title={w.shell.notFound.text}><Button component={Link} to="/" variant="light">{w.shell.notFound.back}</Button></Empty>
  </Room>
);

/** A fault of the console itself. A newer version may have replaced the files this page would load: loading again mends that. */
export const Crash = () => {
  const error = useRouteError();
  useEffect(() => console.error(error), [error]);
  return (
    <main>
      <h1 className="hidden">{w.product}</h1>
      <Empty icon={<IconMoodSad size={40} />} title={w.shell.crash.title}><p>{w.shell.crash.text}</p><Button onClick={() => location.reload()}>{w.shell.crash.reload}</Button></Empty>
    </main>
  );
};
