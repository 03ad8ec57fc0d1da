import { at, list, number, text } from "../../core/values.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { DeploymentFact } from "../diagnosis/operator-facts.ts";

/** A deployment of an operator's, with where it is and of which version. */
export interface OperatorDeployment extends DeploymentFact {
  readonly namespace: string;
  /** What the chart's label says, else the tag of the image. */
  readonly version: string | undefined;
  /** The Helm release that it says it is of. */
  readonly release: string | undefined;
  /** Variables of its first container that say their value themselves. */
  readonly env: Readonly<Record<string, string>>;
}

/** Those of a Helm release. */
export const deploymentsOfRelease = (
  read: Readers,
  { namespace, release }: { readonly namespace: string; readonly release: string },
): Promise<OperatorDeployment[]> => deployments(read.kube, { namespace, labelSelector: `app.kubernetes.io/instance=${release}` });

/** Those that carry the name of a chart, in any namespace, whoever installed them. Throws VK1105. */
export const deploymentsOfChart = (kube: Readers["kube"], chart: string): Promise<OperatorDeployment[]> =>
  deployments(kube, { labelSelector: `app.kubernetes.io/name=${chart}` });

/** Those of a namespace that carry a name which fits, as a label or as their own. */
export const deploymentsIn = async ({ kube }: Readers, namespace: string, names: RegExp): Promise<OperatorDeployment[]> =>
  (await kube.list({ ...deployment, namespace }))
    .filter(({ metadata: { labels, name } }) => names.test(labels?.["app.kubernetes.io/name"] ?? name))
    .map(seen);

const deployment = { apiVersion: "apps/v1", kind: "Deployment" } as const;

const deployments = async (
  kube: Readers["kube"],
  where: { readonly namespace?: string; readonly labelSelector: string },
): Promise<OperatorDeployment[]> => (await kube.list({ ...deployment, ...where })).map(seen);

function seen({ metadata, spec, status }: KubeObject): OperatorDeployment {
  const [container] = list(at(spec, "template", "spec", "containers"));
  const image = text(at(container, "image"));
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    wanted: number(at(spec, "replicas")) ?? 1,
    available: number(at(status, "availableReplicas")) ?? 0,
    account: text(at(spec, "template", "spec", "serviceAccountName")) ?? "",
    args: list(at(container, "args")).map(String),
    version: text(metadata.labels?.["app.kubernetes.io/version"]) ?? /:([\w.-]+)$/.exec(image ?? "")?.[1],
    release: text(metadata.labels?.["app.kubernetes.io/instance"]),
    env: Object.fromEntries(list(at(container, "env")).flatMap(variable)),
  };
}

function variable(one: unknown): [string, string][] {
  const [name, value] = [text(at(one, "name")), text(at(one, "value"))];
  return name === undefined || value === undefined ? [] : [[name, value]];
}

/** Whether all its pods are there that it wants. */
export const isAvailable = ({ wanted, available }: DeploymentFact): boolean => available >= wanted;
