/** The description of the interface: for programs as OpenAPI, for people as a page that needs nothing from outside. */
import { createReadStream, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { Fault } from '../shared/fault.js';
import { openApi } from './openapi.js';
import { Route } from './route.adapter.js';
import { RoutesService } from './routes.service.js';

const assetParam = z.strictObject({ file: z.enum(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js']) });
// swagger-ui-dist is @nestjs/swagger's dependency: found from there, wherever npm put it.
const assets = dirname(createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger')).resolve('swagger-ui-dist/package.json'));

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ringbook interface</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><div id="page"><a href="/api/v1/openapi.json">openapi.json</a></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body></html>`;
const START = `SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null });`;

@Controller('api')
export class DocsController {
  private made?: Record<string, unknown>;
  constructor(private readonly routes: RoutesService) {}

  @Get('v1/openapi.json')
  @Route({ right: 'open', title: 'This description', answer: z.looseObject({ openapi: z.string() }), tag: 'interface' })
  document() {
    return (this.made ??= openApi(this.routes.all().filter((route) => route.path.startsWith('/api/v1/')), '0.1.0'));
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'") // swagger-ui sets styles on elements
  @Route({ right: 'open', title: 'This description, to read', mediaType: 'text/html', tag: 'interface' })
  page() { return PAGE; }

  @Get('docs/:file')
  @Route({ right: 'open', title: 'Parts of that page', mediaType: 'application/octet-stream', tag: 'interface' })
  asset(@Param({ schema: assetParam }) { file }: z.infer<typeof assetParam>) {
    const type = file.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
    if (file === 'start.js') return new StreamableFile(Buffer.from(START), { type });
    const path = join(assets, file);
    if (!existsSync(path)) throw new Fault('missing', 'route.missing', 'That part of the page is not installed');
    return new StreamableFile(createReadStream(path), { type });
  }
}
