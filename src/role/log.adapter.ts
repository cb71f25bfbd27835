/** The log of a process: readable on a terminal, one JSON object a line elsewhere. Credentials never get in. */
import { pino, type LogFn, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.js';

const REDACTED = ['password', 'secret', 'token', '*.password', '*.secret', '*.token', 'req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]',
  // where PostgreSQL quotes what it was given: titles of events, names of contacts
  ...['err', 'error', 'cause', 'err.cause'].flatMap((error) => ['detail', 'where', 'parameters'].map((part) => `${error}.${part}`))];

/** What Nest tells about its own coming up: of use only to who works on it. */
const INNER = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication', 'WebSocketsController']);
const INFO = 30;

export const openLog = ({ logLevel }: Pick<Config, 'logLevel'>): Logger => {
  const options = {
    level: logLevel, base: undefined, redact: { paths: REDACTED, censor: '[secret]' },
    hooks: {
      logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn, level: number): void {
        if (level === INFO && logLevel !== 'debug' && INNER.has((args[0] as { context?: string } | undefined)?.context ?? '')) return;
        method.apply(this, args);
      },
    },
  };
  return process.stdout.isTTY ? pino(options, pretty({ sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname,context', messageFormat: '{if context}{context}: {end}{msg}' })) : pino(options);
};
