import type { KubeObject } from "../systems/world.ts";

/** Documents that keep unseal keys and tokens, as a Secret's keys name them; a person who holds a share has one of their own. */
const documents = /^((init|token|probe|origin)|share-.*)\.json$/;

/** Whether it is a Secret that keeps unseal keys or tokens: it is never taken away, wherever it lies and whatever it is called. */
export const holdsKeys = ({ kind, data }: KubeObject): boolean =>
  kind === "Secret" &&
  Object.entries((data ?? {}) as Readonly<Record<string, unknown>>).some(([name, value]) => documents.test(name) || hasShape(value));

/** As `vault operator init -format=json` prints them, under whatever name. */
function hasShape(value: unknown): boolean {
  return typeof value === "string" && /"(unseal|recovery)_keys_(b64|hex)"/.test(Buffer.from(value, "base64").toString("latin1"));
}
