import type { KeptTokenSurvey } from "../../run/status/schema.ts";
import { word } from "../../core/shell.ts";
import { age } from "./age.ts";
import { single, type Row } from "./status-row.ts";
import { calledAs } from "../called-as.ts";

/** The token that took over from the root token: when it ends, and whether it leads back. */
export function keptTokenRow(token: KeptTokenSurvey, cluster: string | undefined): Row {
  const line = (command: string): string => `${calledAs()} ${command}${cluster === undefined ? "" : ` --cluster ${word(cluster)}`}`;
  if (token.state === "ended")
    return single("wrong", "kept token", ["has ended, or was revoked", `${line("doctor")} says what makes a new one`]);
  const soon = token.endsSoon === true ? ["less than a third of its life is left", `${line("operator renew-token")} renews it`] : [];
  const closed =
    token.leadsToRoot === false
      ? ["does not lead back to root", `before Vault is upgraded: ${line("operator generate-root")} -- ${line("operator retire-root")}`]
      : [];
  return single(
    soon.length + closed.length > 0 ? "look" : "ok",
    "kept token",
    [ends(token), ...soon, ...closed],
    [token.endsAt, token.lifeSeconds === undefined ? undefined : `a renewal gives ${age(token.lifeSeconds)}`],
  );
}

/** By the day: what changes with the clock alone is left out of --watch. */
function ends({ endsAt, secondsLeft }: KeptTokenSurvey): string {
  if (endsAt === undefined) return "never ends";
  return `ends ${endsAt.slice(0, 10)}${secondsLeft === undefined ? "" : `, in ${age(secondsLeft)}`}`;
}
