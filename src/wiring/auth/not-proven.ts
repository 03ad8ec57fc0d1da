import type { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { ReviewResult } from "../../systems/world.ts";
import { frontAt, frontSaid, pastFront } from "./fronts.ts";

type Failed = Exclude<ReviewResult["kind"], "authenticated">;

const whatFailed: Readonly<Record<Failed, string>> = {
  "not-authenticated": "The API server does not take the reviewer's own token",
  "token-unknown": "What answers there takes no service account tokens, or not this cluster's",
  "reviewer-refused": "The reviewer may not review tokens",
  untrusted: "The certificate there is not signed by the CA, or is for another name",
  unreachable: "Nothing answers there",
};

const whatHelps: Readonly<Record<Failed, string>> = {
  "not-authenticated": "Is it another cluster's address? --kubernetes-host names the right one.",
  "token-unknown": "",
  "reviewer-refused": "vault-k8s reviewer binds it to system:auth-delegator.",
  untrusted:
    "--kubernetes-ca-cert names the CA of that address, for public authorities a bundle of theirs such as /etc/ssl/certs/ca-certificates.crt; --kubernetes-host another address.",
  unreachable:
    "--kubernetes-host names the address at which Vault reaches this cluster's API server; --no-host-proof goes on where only Vault can reach it.",
};

/** Why Vault could not review tokens at an address: what answers there is named where its address tells it. */
export function notProven(host: string, { kind, reason }: Extract<ReviewResult, { kind: Failed }>): CliError {
  const front = frontAt(host);
  const byFront = kind === "token-unknown" || (front !== undefined && kind !== "unreachable");
  const help = kind === "token-unknown" ? "" : `${whatHelps[kind]} `;
  return failure(kinds.hostNotProven, {
    what: `Vault could not review tokens at ${host}`,
    why: `${whatFailed[kind]}: ${reason}${front === undefined ? "" : `. ${frontSaid(front)}`}`,
    fix: `${help}${byFront ? `${pastFront(front)} ` : ""}Nothing was written to Vault's config.`,
  });
}
