import { z } from "zod";
import type { Holder } from "./holder.ts";

const line = z.string().max(200);
const shape = z.object({
  // It becomes part of the name of a file.
  nonce: z.string().regex(/^[0-9a-f]{16}$/),
  user: line,
  host: line,
  process: z.number().int().positive(),
  since: line,
  start: line.optional(),
  machine: line.optional(),
  boot: line.optional(),
  space: line.optional(),
});

/** Whether something that was read is a holder: it may come from anybody. */
export const isHolder = (value: unknown): value is Holder => shape.safeParse(value).success;
