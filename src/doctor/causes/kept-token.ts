import { canonical } from "../../config/duration.ts";
import { byHand, type Cause, type CommandLines } from "../../consumers/diagnosis/cause.ts";
import { valueOf } from "../../core/fact.ts";
import { renewedToken } from "../../vault/root/renewed.ts";
import { endsSoon } from "../facts/kept-token.ts";

/** A root token writes the policy again, and makes a new token where the kept one is of no use. */
const anew = (commandLines: CommandLines): string =>
  `${commandLines.own("operator generate-root")} -- ${commandLines.own("operator retire-root")}`;

/** What is wrong with the token that took over from the root token, while logins and syncs go on. */
export const keptToken: readonly Cause[] = [
  {
    code: "VD08",
    title: "The kept token does not lead back to a root token",
    aside: true,
    match: (evidence, commandLines) => {
      const token = valueOf(evidence.keptToken);
      if (token?.kind !== "valid" || token.closed.length === 0) return undefined;
      return {
        sure: "certain",
        evidence: [`its policy does not allow ${token.closed.join(", ")}: it is of an earlier version, or was changed`],
        mend: byHand(
          anew(commandLines),
          "Before an upgrade: from Vault 2 and OpenBao 2.5.3 on the keys alone do not lead to a root token. On such a server already, name a token that may do it with --vault-token-file.",
        ),
      };
    },
  },
  {
    code: "VD09",
    title: "The kept token has ended, or ends soon",
    aside: true,
    match: (evidence, commandLines) => {
      const token = valueOf(evidence.keptToken);
      if (token?.kind === "ended")
        return {
          sure: "certain",
          evidence: ["Vault does not know the token that is kept with the keys: it was not renewed in time, or was revoked"],
          mend: byHand(
            anew(commandLines),
            "On Vault 2 and OpenBao from 2.5.3 on that wants a token besides the keys, or a change of the server's configuration: docs/root-token.md.",
          ),
        };
      if (token?.kind !== "valid" || !endsSoon(token)) return undefined;
      const [left, life] = [token.ttl, token.life].map((seconds) => canonical(`${seconds}s`));
      return {
        sure: "certain",
        evidence: [`it ends ${token.expires ?? `in ${left}`}: less than a third of its ${life} is left`],
        mend: { command: commandLines.own("operator renew-token"), resources: [renewedToken()] },
      };
    },
  },
];
