/** Gives the one database of a process to everybody. Who made it ends it: services may still need it while they stop. */
import { Module, type DynamicModule } from '@nestjs/common';
import { DB, type Db } from './schema.js';

@Module({})
export class StoreModule {
  static of(db: Db): DynamicModule {
    return { module: StoreModule, global: true, providers: [{ provide: DB, useValue: db }], exports: [DB] };
  }
}
