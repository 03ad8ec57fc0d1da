import { patchedObject } from "../../kubernetes/patched-object.ts";
import { deploymentReplicas } from "../../kubernetes/deployment-replicas.ts";
import { byHand, bySteps, kubectl, type Cause, type Match, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import type { DeploymentFact } from "../../consumers/diagnosis/operator-facts.ts";
import { valueOf } from "../../core/fact.ts";
import type { ObjectRef } from "../../systems/world.ts";
import { isIn, ownRead, short, storeFails, storeSays } from "../../consumers/diagnosis/look.ts";

const deploymentsOf = ({ deployments }: Evidence): readonly DeploymentFact[] => valueOf(deployments) ?? [];
const network =
  /dial tcp|connection refused|no route|i\/o timeout|deadline exceeded|network is unreachable|no such host|server misbehaving/;

/** A login as the store makes it works from here, and reads. */
const worksFromHere = (evidence: Evidence): boolean =>
  isIn(evidence.storeLogin) && ownRead(evidence, evidence.storeLogin!)?.kind !== "denied";

/** Why there is no operator: its kinds are not served, or nothing that is known by its chart's name is there. */
export function lacksOperator(evidence: Evidence): Pick<Match, "sure" | "evidence"> | undefined {
  const { served, runs } = evidence;
  const { install, objects } = evidence.asked.consumer;
  if (objects !== undefined && valueOf(served) === false)
    return { sure: "certain", evidence: [`the cluster serves no ExternalSecret of ${objects.group}`] };
  // Helm leaves the kinds of a chart behind, and they stay where they were applied by hand.
  if (valueOf(runs) !== false || deploymentsOf(evidence).length > 0) return undefined;
  const kinds = objects === undefined ? "" : `the cluster serves ExternalSecrets of ${objects.group}, and `;
  return { sure: "likely", evidence: [`${kinds}no deployment of ${install.chart} is there`] };
}

export const operator: readonly Cause[] = [
  {
    code: "VD90",
    title: "The operator is not installed",
    match: (evidence, commandLines) => {
      const lacks = lacksOperator(evidence);
      return lacks && { ...lacks, mend: bySteps(commandLines, "external-secrets") };
    },
  },
  {
    code: "VD91",
    title: "The operator is scaled to zero",
    match: (evidence) => {
      const asleep = deploymentsOf(evidence).filter(({ wanted }) => wanted === 0);
      if (asleep.length === 0) return undefined;
      const namespace = evidence.asked.operatorNamespace;
      const command = kubectl(evidence, `scale deployment ${asleep.map(({ name }) => name).join(" ")} -n ${namespace} --replicas=1`);
      return {
        sure: "certain",
        evidence: asleep.map(({ name }) => `deployment ${namespace}/${name} wants 0 replicas: nobody syncs`),
        mend: { command, resources: asleep.map(({ name }) => deploymentReplicas({ namespace, name }, 1)) },
      };
    },
  },
  {
    code: "VD92",
    title: "The operator does not run",
    match: (evidence) => {
      const down = deploymentsOf(evidence).filter(({ wanted, available }) => wanted > 0 && available === 0);
      if (down.length === 0) return undefined;
      const { operatorNamespace } = evidence.asked;
      return {
        sure: "certain",
        evidence: down.map(({ name, wanted }) => `deployment ${operatorNamespace}/${name} has 0 of ${wanted} replicas available`),
        mend: byHand(
          kubectl(evidence, `describe pods -n ${operatorNamespace}`),
          "It shows why the pods do not run: an image, a quota, a node.",
        ),
      };
    },
  },
  {
    code: "VD93",
    title: "The operator does not reach Vault",
    match: (evidence) => {
      const said = storeSays(evidence, network);
      if (
        said === undefined ||
        !storeFails(evidence) ||
        !worksFromHere(evidence) ||
        valueOf(evidence.store)?.server !== valueOf(evidence.consumerAddress)
      )
        return undefined;
      const { operatorNamespace } = evidence.asked;
      return {
        sure: "certain",
        evidence: [`the operator says: ${said}`, "from here Vault answers, and the same login works"],
        mend: byHand(
          kubectl(evidence, `get networkpolicy -n ${operatorNamespace} -o wide`),
          "It shows the network policies there. What else is between (firewall, service, DNS) cannot be seen from here.",
        ),
      };
    },
  },
  {
    code: "VD94",
    title: "The operator has not looked again since the fault was mended",
    match: (evidence) => {
      const { store, consumer } = evidence.asked;
      const found = valueOf(evidence.store);
      const annotation = consumer.objects?.lookAgain;
      if (
        store === undefined ||
        annotation === undefined ||
        found?.ready?.status !== "False" ||
        !worksFromHere(evidence) ||
        deploymentsOf(evidence).some(({ available }) => available === 0)
      )
        return undefined;
      if (found.server !== valueOf(evidence.consumerAddress)) return undefined;
      return {
        sure: "likely",
        evidence: [`the operator said: ${short(found.events[0]?.message ?? found.ready.message)}`, "the same login works now, and reads"],
        mend: lookAgain(evidence, { ...store, apiVersion: found.apiVersion }, annotation),
      };
    },
  },
];

/** Makes the operator look at the store and at what failed by it. */
function lookAgain(evidence: Evidence, store: ObjectRef, annotation: string): Mend {
  const failing = (valueOf(evidence.externals) ?? []).filter(({ ready }) => ready?.status === "False");
  const all = [store, ...failing.map(({ apiVersion, namespace, name }) => ({ apiVersion, kind: "ExternalSecret", namespace, name }))];
  const line = ({ kind, name, namespace }: ObjectRef): string =>
    kubectl(
      evidence,
      `annotate ${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` -n ${namespace}`} ${annotation}="$(date +%s)" --overwrite`,
    );
  const now = { metadata: { annotations: { [annotation]: String(Math.floor(Date.now() / 1000)) } } };
  return {
    command: all.map(line).join(" && "),
    resources: all.map((one) => patchedObject(one, now)),
    note: "It looks again by itself, after minutes at most.",
  };
}
