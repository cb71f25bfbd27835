import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Dialog } from './dialog.js';
import { w } from '../words/index.js';
import { ProblemNote } from './basics.js';

interface ConfirmProps { title: string; text: string; action: string; run: () => Promise<unknown>; onDone: () => void; onClose: () => void }

/** Asks before something that cannot be taken back. The way out has the focus. */
export const Confirm = ({ title, text, action, run, onDone, onClose }: ConfirmProps) => {
  const act = useMutation({ mutationFn: run, onSuccess: () => { onDone(); onClose(); } });
  return (
    <Dialog onClose={onClose} title={title}>
      <p style={{ marginTop: 0, overflowWrap: 'anywhere' }}>{text}</p>
      <ProblemNote error={act.error} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" data-autofocus onClick={onClose}>{w.cancel}</Button>
        <Button color="red" loading={act.isPending} onClick={() => act.mutate()}>{action}</Button>
      </Group>
    </Dialog>
  );
};
