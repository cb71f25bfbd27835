/** Files in and out: contacts from .vcf and .csv files into a book without a server, and the cards of a book as a file. */
import { Readable } from 'node:stream';
import { Body, Controller, Get, Inject, Param, Post, Res, StreamableFile } from '@nestjs/common';
import { idParam, importBody, importReport, type ImportReport } from '@ringbook/contracts';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { Fault } from '../shared/fault.js';
import { BookStore } from '../sync/book.store.js';
import { ExportService } from './export.service.js';
import { ImportService } from './import.service.js';

type Id = z.infer<typeof idParam>;
/** Whole cards hold more than lists show. */
const SHARED = 'Only administrators bring files into shared address books or take them out';

@Controller('api/v1/address-books/:id')
export class ImportController {
  constructor(@Inject(BookStore) private readonly books: BookStore, private readonly imports: ImportService, private readonly exports: ExportService) {}

  @Post('import')
  @Route({ right: 'own', title: 'Bring in contacts from a .vcf or .csv file; with dryRun only say what would happen', answer: importReport })
  async import(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: importBody }) body: z.infer<typeof importBody>): Promise<ImportReport> {
    const book = await this.books.kept(id, who, SHARED);
    if (book.kind !== 'import') throw new Fault('conflict', 'import.has-server', `The contacts of ${book.name} come from a server: bring the file in there, or make an address book for files.`);
    return this.imports.import(id, body);
  }

  @Get('export')
  @Route({ right: 'own', title: 'All cards of an address book as one .vcf file, handling codes included', mediaType: 'text/vcard' })
  async export(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    const book = await this.books.kept(id, who, SHARED);
    if (book.kind === 'ldap') throw new Fault('conflict', 'export.directory', `${book.name} is a directory: its entries are no cards that a file could hold.`);
    void reply.headers({ 'content-disposition': disposition(book.name), 'x-content-type-options': 'nosniff' });
    return new StreamableFile(Readable.from(this.exports.cards(book)), { type: 'text/vcard; charset=utf-8' });
  }
}

/** A plain name for programs that know no other, and the book's own (RFC 6266). */
const disposition = (name: string): string => {
  const plain = name.replace(/[^A-Za-z0-9 _-]/g, '_').slice(0, 80);
  return `attachment; filename="${plain}.vcf"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}.vcf`;
};
