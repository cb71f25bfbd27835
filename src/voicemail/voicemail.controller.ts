/** Your voice messages: list, listen, mark, remove. */
import { Body, Controller, Delete, Get, Headers, Inject, Param, Patch, Query, Res, StreamableFile } from '@nestjs/common';
import { idParam, page, pageQuery, patchVoicemail, voicemail } from '@ringbook/contracts';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { Fault } from '../shared/fault.js';
import { partOf } from './range.js';
import { openRecording, removeRecording, type Recording } from './spool.adapter.js';
import { VoicemailStore } from './voicemail.store.js';

type Id = z.infer<typeof idParam>;
const missing = () => new Fault('missing', 'voicemail.missing', 'There is no such message');

@Controller('api/v1/voicemails')
export class VoicemailController {
  constructor(private readonly messages: VoicemailStore, @Inject(CONFIG) private readonly config: Pick<Config, 'spoolDir'>) {}

  @Get()
  @Route({ right: 'own', title: 'Your messages, newest first', answer: page(voicemail) })
  list(@Asker() who: Who, @Query({ schema: pageQuery }) query: z.infer<typeof pageQuery>) { return this.messages.list(who.id, query); }

  @Get(':id/audio')
  @Route({ right: 'own', title: 'What was said; takes Range', mediaType: 'audio/wav' })
  async audio(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Headers('range') range: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    const file = await this.messages.file(id, who.id);
    if (file === undefined) throw missing();
    const recording = await openRecording(this.config.spoolDir, file);
    if (!recording) throw new Fault('missing', 'voicemail.no-audio', 'The recording of this message is not there');
    return play(recording, range, reply);
  }

  @Patch(':id')
  @Route({ right: 'own', title: 'Mark a message as heard or not', answer: voicemail })
  async patch(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: patchVoicemail }) { heard }: z.infer<typeof patchVoicemail>) {
    await this.messages.setHeard(id, who.id, heard);
    const message = await this.messages.get(id, who.id);
    if (!message) throw missing();
    return message;
  }

  /** The row goes last: what is left of a removal that failed half-way can be removed again. */
  @Delete(':id')
  @Route({ right: 'own', title: 'Remove a message and its recording' })
  async remove(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id): Promise<void> {
    const file = await this.messages.file(id, who.id);
    if (file === undefined) throw missing();
    await removeRecording(this.config.spoolDir, file);
    await this.messages.remove(id, who.id);
  }
}

const play = ({ size, read }: Recording, range: string | undefined, reply: FastifyReply): StreamableFile => {
  const part = partOf(range, size);
  if (part.kind === 'unsatisfiable') throw new Fault('invalid', 'range.unsatisfiable', 'The recording is shorter than that', { headers: { 'content-range': `bytes */${size}` } });
  const { start, end } = part.kind === 'part' ? part : { start: 0, end: size - 1 };
  void reply.headers({ 'accept-ranges': 'bytes', 'cache-control': 'private, no-store', ...(part.kind === 'part' ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}) });
  if (part.kind === 'part') void reply.code(206);
  return new StreamableFile(read(start, end), { type: 'audio/wav', length: Math.max(0, end - start + 1) });
};
