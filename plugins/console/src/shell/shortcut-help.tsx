import { Text } from '@mantine/core';
import { Dialog } from '../part/dialog.js';
import { w } from '../words/index.js';
import css from './shell.module.css';

const t = w.shell.help;
const Keys = ({ title, list }: { title: string; list: [string[], string][] }) => (
  <>
    <h3>{title}</h3>
    <dl className={css.shortcuts}>
      {list.map(([names, text]) => [<dt key={`k${text}`}>{names.map((name, i) => <span key={name}>{i > 0 && ' '}<kbd>{name}</kbd></span>)}</dt>, <dd key={text}>{text}</dd>])}
    </dl>
  </>
);

export const ShortcutHelp = ({ onClose }: { onClose: () => void }) => (
  <Dialog onClose={onClose} title={t.title}>
    <Keys title={t.anywhere} list={[[['N', 'P'], t.next], [['G'], t.rooms], [['/'], t.find], [['S'], t.status], [['?'], t.this]]} />
    <Keys title={t.onCall} list={[[['T'], t.take], [['F'], t.send], [['V'], t.voicemail], [['R'], t.reject], [['H'], t.hangup], [['W'], t.why], [['D'], t.dismiss]]} />
    <Keys title={t.inRules} list={[[['Alt', '↑', '↓'], t.move]]} />
    <Text size="sm" c="dimmed">{t.off}</Text>
  </Dialog>
);
