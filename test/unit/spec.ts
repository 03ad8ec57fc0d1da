import { resolveSettings } from "../../src/config/resolve.ts";
import type { Flags } from "../../src/config/sources.ts";
import { specOf, type Spec } from "../../src/config/spec.ts";

/** What the command line wants that says these flags, with no file and no environment. */
export async function specFrom(flags: Flags, cwd = "/"): Promise<Spec> {
  return specOf((await resolveSettings({ flags, env: {}, cwd, noFile: true })).settings);
}
