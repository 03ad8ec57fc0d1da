import { kinds } from "../../errors.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { byHand, bySteps, kubectl, type Cause } from "../../consumers/diagnosis/cause.ts";
import { isKnown, valueOf } from "../../core/fact.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** Why Vault as a whole could not be asked, where it is of this kind. */
const stopped = ({ vault }: Evidence, ...codes: readonly string[]): string | undefined =>
  !isKnown(vault) && codes.includes(vault.error?.kind.code ?? "") ? vault.unknown : undefined;

/** Nodes in a line, e.g. "vault-0 sealed, vault-1 standby". */
const nodesLine = ({ nodes }: Evidence): string =>
  (valueOf(nodes) ?? []).map(({ name, state, detail }) => `${name} ${state}${detail === undefined ? "" : ` (${detail})`}`).join(", ");
const lines = (...all: readonly (string | undefined)[]): string[] =>
  all.filter((line): line is string => line !== undefined && line !== "");

export const vaultServer: readonly Cause[] = [
  {
    code: "VD01",
    title: "No Vault is installed where the settings say",
    match: (evidence, commandLines) => {
      const why = stopped(evidence, kinds.vaultNotInstalled.code);
      return why === undefined
        ? undefined
        : {
            sure: "certain",
            evidence: [why],
            mend: byHand(
              commandLines.own("bootstrap"),
              "It installs Vault. If Vault is elsewhere, say where: --install-namespace, --release, --vault-context or --vault-addr.",
            ),
          };
    },
  },
  {
    code: "VD02",
    title: "Vault does not answer",
    match: (evidence) => {
      const why = stopped(evidence, kinds.vaultUnreachable.code, kinds.vaultGarbage.code);
      if (why === undefined) return undefined;
      const { vaultContext, installNamespace } = evidence.asked;
      const look = vaultContext === undefined ? "vault status" : `${kubectlIn(vaultContext)} get pods -n ${installNamespace}`;
      return {
        sure: "certain",
        evidence: lines(why, nodesLine(evidence)),
        mend: byHand(look, "It only shows more: what lies between here and Vault cannot be mended from here."),
      };
    },
  },
  {
    code: "VD03",
    title: "Vault was never initialised",
    match: (evidence, commandLines) => {
      const why = stopped(evidence, kinds.vaultUninitialised.code);
      return why === undefined
        ? undefined
        : { sure: "certain", evidence: lines(why, nodesLine(evidence)), mend: bySteps(commandLines, "operator-init", "operator-unseal") };
    },
  },
  {
    code: "VD04",
    title: "Vault is sealed",
    match: (evidence, commandLines) => {
      const why = stopped(evidence, kinds.vaultSealed.code);
      return why === undefined
        ? undefined
        : { sure: "certain", evidence: lines(why, nodesLine(evidence)), mend: bySteps(commandLines, "operator-unseal") };
    },
  },
  {
    code: "VD05",
    title: "No Vault server is active: the standbys elect none",
    match: (evidence, commandLines) => {
      const why = stopped(evidence, kinds.vaultNoActive.code);
      if (why === undefined) return undefined;
      const closed = (valueOf(evidence.nodes) ?? []).some(({ state }) => state === "sealed" || state === "not initialised");
      const look =
        evidence.asked.vaultContext === undefined
          ? "vault operator raft list-peers"
          : kubectl(evidence, `get pods -n ${evidence.asked.installNamespace}`);
      return {
        sure: "certain",
        evidence: lines(why, nodesLine(evidence)),
        mend: closed
          ? bySteps(commandLines, "operator-unseal")
          : byHand(
              look,
              "More than half of the servers have to run and reach each other on port 8201. Where more than half lost their volumes for good, vault-k8s explain VD05 has the way out.",
            ),
      };
    },
  },
];
