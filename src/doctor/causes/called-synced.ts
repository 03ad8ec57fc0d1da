import { byHand, kubectl, type Cause, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import type { ExternalFact } from "../../consumers/diagnosis/operator-facts.ts";
import { canonical } from "../../config/duration.ts";
import { valueOf } from "../../core/fact.ts";
import { patchCommand, patchedObject } from "../../kubernetes/patched-object.ts";
import { synced, titled } from "./external.ts";

/** How much later than it says an ExternalSecret may be synced, in seconds: two intervals, and clocks that differ. */
const late = ({ everySeconds = 0 }: ExternalFact): number => 2 * everySeconds + 300;

const isStale = (one: ExternalFact): boolean =>
  one.everySeconds !== undefined && one.everySeconds > 0 && one.syncedMs !== undefined && Date.now() - one.syncedMs > late(one) * 1000;

const refOf = ({ apiVersion, namespace, name }: ExternalFact) => ({ apiVersion, kind: "ExternalSecret", namespace, name });

/** Has it looked at again at once, where its kind can be told so. */
function refreshed(evidence: Evidence, external: ExternalFact): Mend {
  const annotation = evidence.asked.consumer.objects?.lookAgain;
  const { namespace, name, everySeconds } = external;
  if (annotation === undefined)
    return byHand(kubectl(evidence, `describe externalsecret ${name} -n ${namespace}`), "It is refreshed when it is polled next.");
  return {
    command: kubectl(evidence, `annotate externalsecret ${name} -n ${namespace} ${annotation}="$(date +%s)" --overwrite`),
    resources: [patchedObject(refOf(external), { metadata: { annotations: { [annotation]: String(Math.floor(Date.now() / 1000)) } } })],
    ...(everySeconds !== undefined && { note: `By itself it is refreshed every ${canonical(`${everySeconds}s`)}.` }),
  };
}

/** What is wrong although the operator calls it well. */
export const calledSynced: readonly Cause[] = [
  {
    code: "VD99",
    title: "The store is for operators of another class",
    match: (evidence) => {
      const { store, consumer } = evidence.asked;
      const [found, deployments] = [valueOf(evidence.store), valueOf(evidence.deployments) ?? []];
      const classes = deployments.map(({ args }) => consumer.objects?.stores?.classOf(args) ?? "");
      if (found === undefined || store === undefined || found.controller === "" || classes.length === 0) return undefined;
      if (classes.includes(found.controller)) return undefined;
      return {
        sure: "certain",
        evidence: [
          `${store.kind} ${store.name} is for class ${found.controller}, and the operator here looks after class ${classes[0]}: what it says of the store and its secrets is old`,
        ],
        mend: byHand(
          patchCommand(evidence.asked.context, { apiVersion: found.apiVersion, ...store }, { spec: { controller: null } }),
          "Where another operator is to look after it, see why that one does not.",
        ),
      };
    },
  },
  {
    code: "VD96",
    title: "The operator has not synced for longer than it should",
    match: (evidence) => {
      const found = synced(evidence).find(isStale);
      if (found === undefined) return undefined;
      const { operatorNamespace } = evidence.asked;
      const [first] = valueOf(evidence.deployments) ?? [];
      const line =
        first === undefined ? `get pods -n ${operatorNamespace}` : `logs deployment/${first.name} -n ${operatorNamespace} --tail=50`;
      return {
        sure: "likely",
        evidence: [
          `${titled(found)} is called synced, was synced last at ${new Date(found.syncedMs ?? 0).toISOString()}, and is to be every ${canonical(`${found.everySeconds}s`)}`,
        ],
        mend: byHand(
          kubectl(evidence, line),
          "It shows what the operator does; a restart of its deployment has it look at everything anew.",
        ),
      };
    },
  },
  {
    code: "VD97",
    title: "The ExternalSecret was synced once, and Vault holds other values since",
    match: (evidence) => {
      const found = synced(evidence).find(({ differs, once }) => differs === true && once);
      if (found === undefined) return undefined;
      return {
        sure: "certain",
        evidence: [
          `${titled(found)} is not refreshed by itself (refreshInterval 0, or its refreshPolicy), and its Secret holds other values than Vault`,
        ],
        mend: byHand(
          patchCommand(evidence.asked.context, refOf(found), { spec: { refreshPolicy: "Periodic", refreshInterval: "1h0m0s" } }),
          "It is refreshed every hour then. Where once is meant, delete the Secret: it is made anew.",
        ),
      };
    },
  },
  {
    code: "VD98",
    title: "The Secret holds other values than Vault",
    match: (evidence) => {
      const found = synced(evidence).find(({ differs, once }) => differs === true && !once);
      return (
        found && {
          sure: "certain",
          evidence: [`${titled(found)} is called synced, and its Secret holds other values than Vault`],
          mend: refreshed(evidence, found),
        }
      );
    },
  },
];
