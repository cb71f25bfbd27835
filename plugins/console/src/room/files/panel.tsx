/** Files of a book: everything as .vcf to take away; where contacts come from files, a new one. Entries of a directory are no cards. */
import { Button } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import { useRef, useState, type DragEvent } from 'react';
import { api } from '../../api.js';
import { Panel, ProblemNote } from '../../part/basics.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import css from './files.module.css';
import { Import } from './import.js';
import { useNoLeaving } from './use-no-leaving.js';
import { isWanted, LARGEST, readFile, type ChosenFile } from './read.js';

const t = w.files;

const useFile = () => {
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(null);
    setProblem(null);
    if (!isWanted(chosen.name)) return setProblem(new Error(t.wrongKind));
    if (chosen.size > LARGEST) return setProblem(new Error(t.tooLarge));
    try { setFile(await readFile(chosen)); } catch { setProblem(new Error(t.unreadable)); }
  };
  return { file, problem, take, drop: () => setFile(null) };
};

const Chooser = ({ take, again }: { take: (file: File | undefined) => void; again: boolean }) => {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drag = (event: DragEvent) => { event.preventDefault(); setOver(event.type === 'dragover'); };
  return (
    <div className={css.drop} data-over={over} onDragOver={drag} onDragLeave={drag} onDrop={(event) => { drag(event); take(event.dataTransfer.files[0]); }}>
      <Button variant={again ? 'default' : 'light'} leftSection={<IconUpload size={16} aria-hidden />} onClick={() => input.current?.click()}>{again ? t.another : t.choose}</Button>
      <span className="dim small">{over ? t.dropNow : t.drop}</span>
      <input ref={input} type="file" hidden accept=".vcf,.vcard,.csv,.txt,.tsv" aria-label={t.choose} data-testid="import-file" onChange={(e) => { take(e.currentTarget.files?.[0]); e.currentTarget.value = ''; }} />
    </div>
  );
};

export const FilesPanel = ({ book }: { book: AddressBook }) => {
  const { file, problem, take, drop } = useFile();
  const imports = book.kind === 'import';
  useNoLeaving(imports);
  return (
    <Panel className={part.stack} label={t.title}>
      <h2 style={{ margin: 0 }}>{imports ? t.title : t.export}</h2>
      {imports && (
        <>
          <p className="dim small" style={{ margin: 0 }}>{t.lead}</p>
          <Chooser take={(chosen) => void take(chosen)} again={file !== null} />
          <ProblemNote error={problem} />
          {file && <Import key={`${file.fileName}-${file.size}-${file.content.length}`} book={book} file={file} onDone={drop} />}
        </>
      )}
      <div className={part.actions}>
        <Button size="xs" variant="default" component="a" href={api.books.exportUrl(book.id)} download leftSection={<IconDownload size={15} aria-hidden />}>{t.export}</Button>
        <span className="dim small">{t.exportHelp}</span>
      </div>
    </Panel>
  );
};
