/** The table of all routes, read from the controllers at start: for the rights check, OpenAPI, 405 answers and the tests. */
import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { z } from 'zod';
import { ROUTE, type RouteDoc } from './route.adapter.js';

export interface RouteEntry {
  method: string;
  /** With {name} for parameters, e.g. /api/v1/calls/{id} */
  path: string;
  doc: RouteDoc; handler: string; status: number;
  body?: z.ZodType; query?: z.ZodObject; params?: z.ZodObject;
  /** Names of headers it reads. */
  headers: string[];
}

/** Answered to anybody without a declared right, because orchestrators ask them; they tell nothing about people. */
export const PROBES = /^\/(health(\/[a-z]+)?|metrics)$/;

@Injectable()
export class RoutesService implements OnModuleInit {
  private entries: RouteEntry[] = [];
  private patterns: { pattern: RegExp; method: string }[] = [];
  constructor(private readonly discovery: DiscoveryService, private readonly scanner: MetadataScanner) {}

  /** @throws when a route declares no right */
  onModuleInit(): void {
    this.entries = this.discovery.getControllers().flatMap((wrapper) => (wrapper.instance ? this.routesOf(wrapper.instance as object) : []));
    this.patterns = this.entries.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}/?$`) }));
  }

  all(): readonly RouteEntry[] { return this.entries; }

  methodsAt(path: string): string[] {
    return [...new Set(this.patterns.filter(({ pattern }) => pattern.test(path)).flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].sort();
  }

  private routesOf(controller: object): RouteEntry[] {
    const prototype = Object.getPrototypeOf(controller) as object;
    const prefix = Reflect.getMetadata(PATH_METADATA, controller.constructor) as string;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => this.entry(controller.constructor, prototype, prefix, name) ?? []);
  }

  private entry(type: Function, prototype: object, prefix: string, name: string): RouteEntry | undefined {
    const handler = (prototype as Record<string, object>)[name]!;
    const at = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
    if (at === undefined) return undefined;
    const path = `/${prefix}/${at}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1').replaceAll(/:([A-Za-z]+)/g, '{$1}');
    const doc = Reflect.getMetadata(ROUTE, handler) as RouteDoc | undefined;
    if (!doc && !PROBES.test(path)) throw new Error(`${type.name}.${name} (${path}) declares no right: add @Route({ right, title })`);
    if (!doc) return undefined;
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
    return { method, path, doc, handler: `${type.name}.${name}`, status: Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number, ...schemasOf(type, name) };
  }
}

const schemasOf = (type: Function, name: string): Pick<RouteEntry, 'body' | 'query' | 'params' | 'headers'> => {
  const given = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, name) ?? {}) as Record<string, { schema?: z.ZodType; data?: unknown }>;
  const of = <T extends z.ZodType>(kind: RouteParamtypes) => Object.entries(given).find(([key, arg]) => key.startsWith(`${kind}:`) && arg.schema)?.[1].schema as T | undefined;
  const headers = Object.entries(given).flatMap(([key, arg]) => (key.startsWith(`${RouteParamtypes.HEADERS}:`) ? [String(arg.data)] : []));
  return { headers, body: of(RouteParamtypes.BODY), query: of<z.ZodObject>(RouteParamtypes.QUERY), params: of<z.ZodObject>(RouteParamtypes.PARAM) };
};
