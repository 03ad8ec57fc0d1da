import { valueOf } from "../../core/fact.ts";
import { endsSoon, keptTokenFact } from "../../doctor/facts/kept-token.ts";
import type { Readers } from "../../systems/world.ts";
import type { KeptTokenSurvey } from "./schema.ts";
import type { Unknown } from "./unknown.ts";

/** The token that took over from the root token; undefined where none is kept. */
export async function surveyKeptToken(read: Readers, unknown: Unknown): Promise<KeptTokenSurvey | undefined> {
  const found = valueOf(await unknown.ask("kept token", () => keptTokenFact(read)));
  if (found === undefined || found.kind === "ended") return found && { state: "ended" };
  const { ttl, life, expires, closed } = found;
  return {
    state: "valid",
    ...(ttl > 0 && { endsAt: expires, secondsLeft: ttl }),
    lifeSeconds: life,
    endsSoon: endsSoon(found),
    leadsToRoot: closed.length === 0,
  };
}
