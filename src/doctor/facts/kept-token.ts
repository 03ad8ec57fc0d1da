import type { KeptTokenFact } from "../../consumers/diagnosis/evidence.ts";
import type { Readers } from "../../systems/world.ts";
import { keptFacts, wholeLife } from "../../vault/root/kept-token.ts";
import { lacking } from "../../vault/root/lacking.ts";
import { rootGenerationPaths } from "../../vault/root/paths.ts";

/** The token that took over from the root token: how long it lives, and whether it leads back; undefined where none is kept. */
export async function keptTokenFact(read: Readers): Promise<KeptTokenFact | undefined> {
  const kept = await keptFacts(read);
  if (kept === undefined) return undefined;
  if (kept.facts === undefined) return { kind: "ended" };
  const { ttl, creationTtl, period, expires } = kept.facts;
  const closed = (await lacking(read, kept.token, rootGenerationPaths)).map(({ path }) => path);
  return { kind: "valid", ttl, life: period > 0 ? wholeLife(kept.facts) : creationTtl, expires, closed };
}

/** Less than a third of what a renewal gives is left. */
export const endsSoon = (token: KeptTokenFact | undefined): boolean =>
  token?.kind === "valid" && token.ttl > 0 && token.ttl * 3 < token.life;
