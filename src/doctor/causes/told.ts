import { byHand, kubectl, type Cause, type Match, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { saidToLogin, storeFails, storeSaid } from "../../consumers/diagnosis/look.ts";
import type { ExternalFact } from "../../consumers/diagnosis/operator-facts.ts";
import { edit, saysOf, titled } from "./external.ts";

// Words of External Secrets: external-secrets/external-secrets, controllers externalsecret and secretstore, and runtime/template.

/** What the operator's own words leave no doubt of. */
const told = (words: RegExp, mend: (evidence: Evidence, external: ExternalFact) => Mend) =>
  function match(evidence: Evidence): Match | undefined {
    const found = saysOf(evidence, words);
    return (
      found && {
        sure: "certain",
        evidence: [`the operator says of ${titled(found.external)}: ${found.said}`],
        mend: mend(evidence, found.external),
      }
    );
  };

const quota = /rate limit quota exceeded|lease count quota exceeded|\bCode: 429\b/;

/** Faults that the operator names itself. */
export const toldByOperator: readonly Cause[] = [
  {
    code: "VD79",
    title: "The store leaves the namespace out",
    match: told(/not allowed from namespace .*denied by spec\.condition/, (evidence, { namespace, store }) =>
      byHand(
        kubectl(evidence, `edit ${(store?.kind ?? "").toLowerCase()} ${store?.name ?? ""}`),
        `Its conditions say which namespaces may use it; ${namespace} is not among them. Where vault-k8s wrote them, --store-namespace names all of them.`,
      ),
    ),
  },
  {
    code: "VD86",
    title: "The Secret is immutable",
    match: told(/(target|secret) is immutable/, (evidence, { namespace, name }) =>
      byHand(
        kubectl(evidence, `delete secret ${name} -n ${namespace}`),
        "The operator makes it anew at its next look. Pods that start meanwhile wait for it; those that run have what they read.",
      ),
    ),
  },
  {
    code: "VD87",
    title: "Another ExternalSecret owns the Secret",
    match: told(/owned by another ExternalSecret/, (evidence, { namespace }) =>
      byHand(
        kubectl(evidence, `get externalsecrets -n ${namespace} -o custom-columns=NAME:.metadata.name,SECRET:.spec.target.name`),
        "It shows which two make the same Secret: one of them has to name another in spec.target.name, or to go.",
      ),
    ),
  },
  {
    code: "VD88",
    title: "The template of the ExternalSecret does not work",
    match: told(/could not (apply|execute) template|unable to (parse|execute) template|error fetching templateFrom/, (evidence, external) =>
      byHand(edit(evidence, external), "A template that names a key which Vault's secret does not have fails too."),
    ),
  },
  {
    code: "VD95",
    title: "A quota of Vault refuses requests",
    match: (evidence) => {
      const external = saysOf(evidence, quota);
      const operator = external?.said ?? (storeFails(evidence) ? storeSaid(evidence, quota) : undefined);
      const said = operator ?? saidToLogin(evidence, quota);
      if (said === undefined) return undefined;
      return {
        sure: "certain",
        evidence: [
          `${operator === undefined ? "Vault says to the login" : `the operator says of ${external === undefined ? "the store" : titled(external.external)}`}: ${said}`,
        ],
        mend: byHand(
          said.includes("lease count") ? "vault list sys/quotas/lease-count" : "vault list sys/quotas/rate-limit",
          "It names the quotas; raise the one whose path covers the login and the secrets, or make the refresh intervals longer.",
        ),
      };
    },
  },
];
