/** The recordings that rules may name. */
import { Controller, Get, Inject } from '@nestjs/common';
import { page, prompt } from '@ringbook/contracts';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { wholePage } from '../http/page.js';
import { Route } from '../http/route.adapter.js';
import { Fault } from '../shared/fault.js';
import { recordedPrompts } from './recorded.adapter.js';

@Controller('api/v1/prompts')
export class PromptController {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'spoolDir'>) {}

  @Get()
  @Route({ right: 'signedIn', title: 'Recordings that rules may name', answer: page(prompt) })
  async list() {
    const names = await recordedPrompts(this.config.spoolDir);
    if (!names) throw new Fault('missing', 'prompt.no-folder', 'The folder of recordings cannot be seen from this process');
    return wholePage(names.map((name) => ({ name })));
  }
}
