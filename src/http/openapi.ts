/** The OpenAPI 3.1 document, made from the table of routes and the same schemas that check requests. */
import { problem } from '@ringbook/contracts';
import { z } from 'zod';

export interface Documented {
  method: string; path: string; status: number; handler: string;
  doc: { title: string; right: string; answer?: z.ZodType; mediaType?: string; tag?: string };
  body?: z.ZodType; query?: z.ZodObject; params?: z.ZodObject; headers?: string[];
}
type Json = Record<string, unknown>;
const REF = '#/components/schemas/';

export const openApi = (routes: readonly Documented[], version: string): Json => {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, schemas);
  return {
    openapi: '3.1.0', jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'Ringbook', version, description: 'Your address book answers the phone. Errors are RFC 9457 problem documents; `code` is stable. Live messages: WebSocket at /api/v1/live.' },
    servers: [{ url: '/' }], paths,
    components: {
      schemas: { ...schemas, Problem: shape(problem, schemas, 'output', true) },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, session: { type: 'apiKey', in: 'cookie', name: 'ringbook_session' } },
    },
  };
};

const operation = (route: Documented, schemas: Json): Json => ({
  operationId: route.handler.replace(/Controller\./, '_'), summary: route.doc.title, tags: [route.doc.tag ?? tagOf(route.path)],
  'x-right': route.doc.right, security: route.doc.right === 'open' ? [] : [{ bearer: [] }, { session: [] }],
  parameters: [...parameters(route.params, 'path', schemas), ...parameters(route.query, 'query', schemas), ...(route.headers ?? []).map((name) => ({ name, in: 'header', required: false, schema: { type: 'string' } }))],
  ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: shape(route.body, schemas, 'input') } } } } : {}),
  responses: {
    [route.status]: { description: route.doc.title, ...content(route, schemas) },
    default: { description: 'A problem', content: { 'application/problem+json': { schema: { $ref: `${REF}Problem` } } } },
  },
});

const tagOf = (path: string): string => path.split('/')[3] ?? 'other';

const content = ({ doc }: Documented, schemas: Json): Json => {
  if (doc.mediaType) return { content: { [doc.mediaType]: { schema: { type: 'string', format: 'binary' } } } };
  return doc.answer ? { content: { 'application/json': { schema: shape(doc.answer, schemas, 'output') } } } : {};
};

const parameters = (schema: z.ZodObject | undefined, place: 'path' | 'query', schemas: Json): Json[] =>
  Object.entries(schema?.shape ?? {}).map(([name, part]) => {
    const { description, ...rest } = shape(part as z.ZodType, schemas, 'input') as { description?: string };
    const required = place === 'path' || !(part as z.ZodType).safeParse(undefined).success;
    return { name, in: place, required, schema: rest, ...(description ? { description } : {}) };
  });

/** JSON Schema of a shape; shapes with an id move to `schemas` and are referred to. Bodies may differ from answers (defaults), so they get names of their own. */
const shape = (schema: z.ZodType, schemas: Json, io: 'input' | 'output', inline = false): Json => {
  const suffix = io === 'input' ? 'Input' : '';
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', cycles: 'ref' }) as Json & { $defs?: Json; $schema?: string; id?: string };
  const { $defs = {}, $schema: _, ...root } = made;
  const renamed = JSON.parse(JSON.stringify({ root, $defs }).replaceAll(/"#\/\$defs\/([^"]+)"/g, (__, name: string) => `"${REF}${name}${suffix}"`)) as { root: Json; $defs: Json };
  for (const [name, def] of Object.entries(renamed.$defs)) schemas[`${name}${suffix}`] = withoutId(def as Json);
  const id = typeof renamed.root['id'] === 'string' && !inline ? `${renamed.root['id']}${suffix}` : undefined;
  const body = withoutId(renamed.root);
  if (!id) return body;
  schemas[id] ??= selfReferring(body, `${REF}${id}`);
  return { $ref: `${REF}${id}` };
};
const withoutId = ({ id: _, ...rest }: Json): Json => rest;
/** A recursive root refers to itself as "#": by its new name here. */
const selfReferring = (body: Json, ref: string): Json => JSON.parse(JSON.stringify(body).replaceAll('"$ref":"#"', `"$ref":"${ref}"`)) as Json;
