/** RFC 9457 problem documents, with our dotted `code` and, for bad input, one entry per field. */
import { z } from 'zod';

export const problem = z.object({
  type: z.string(), title: z.string(), status: z.number().int(), code: z.string(), detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
}).meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;

/** A list page: `cursor` is opaque and null on the last page. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), cursor: z.string().nullable() });
