import type { Answer } from "../wire/exchange.ts";
import { asTexts, type JsonObject } from "../wire/json.ts";
import { bad, logical } from "./answers.ts";
import { capabilitiesOf } from "./authorise.ts";
import type { Route, VaultRequest } from "./request.ts";

export const capabilityRoutes: readonly Route<VaultRequest>[] = [
  { method: "POST", path: /^sys\/capabilities-self$/, handle: capabilitiesSelf },
];

function capabilitiesSelf({ storage, token, body }: VaultRequest): Answer {
  const paths = asTexts(body["paths"] ?? body["path"]);
  if (paths.length === 0) return bad("paths must be supplied");
  const data: JsonObject = Object.fromEntries(paths.map((path) => [path, capabilitiesOf(storage, token!, path)]));
  const [only] = paths;
  return logical(paths.length === 1 ? { ...data, capabilities: data[only!] } : data, { repeat: true });
}
