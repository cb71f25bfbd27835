/** The order of your address books. */
import { Body, Controller, Put } from '@nestjs/common';
import { bookOrder } from '@ringbook/contracts';
import type { z } from 'zod';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { OrderStore } from './order.store.js';

@Controller('api/v1/address-books/order')
export class OrderController {
  constructor(private readonly orders: OrderStore) {}

  @Put()
  @Route({ right: 'own', title: 'Which address book speaks first where several know a number; those left out come last' })
  async put(@Asker() who: Who, @Body({ schema: bookOrder }) { books }: z.infer<typeof bookOrder>): Promise<void> { await this.orders.put(who.id, books); }
}
