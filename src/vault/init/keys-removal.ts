import { gone, stays } from "../../core/removal.ts";
import type { AppRemoval } from "../../systems/removal.ts";

/** The unseal keys, which are never taken away; said, so that everybody knows. */
export const keysRemoval = (): AppRemoval => ({
  id: "unseal keys and token in custody",
  saidLast: true,
  look: async (read) =>
    (await read.keys.read().catch(() => undefined)) === undefined
      ? gone("none that can be read from here")
      : stays(`in ${read.keys.describe()}; without them what Vault stored is lost`),
  remove: () => Promise.resolve(),
});
