import type { KubeObject } from "../../systems/world.ts";
import { objectsIn } from "./objects.ts";
import {
  onObject,
  toBind,
  toMakeRole,
  type ClaimNeed,
  type KubeNeed,
  type Need,
  type PodTemplate,
  type RoomNeed,
} from "../../systems/need.ts";

interface Place extends Pick<RoomNeed, "strict"> {
  readonly namespace: string;
  readonly of: string;
}

/**
 * What helm needs to bring a rendered manifest into a namespace. Helm reads an object, makes it where it is not there, and changes it where it
 * is; it takes away what only the manifest before it has.
 */
export function manifestNeeds(now: string, before: string | undefined, place: Place): Need[] {
  const objects = objectsIn(now, place.namespace);
  const names = new Set(objects.map(keyOf));
  const gone = before === undefined ? [] : objectsIn(before, place.namespace).filter((object) => !names.has(keyOf(object)));
  const roles = new Map(objects.flatMap((object) => toMakeRole(object).map((need) => [keyOf(object), need] as const)));
  return [
    ...objects.flatMap((object) => onObject(refOf(object), ["get", "create", "patch"])),
    ...gone.flatMap((object) => onObject(refOf(object), ["get", "delete"])),
    ...roles.values(),
    ...objects.flatMap(toBind),
    ...definitions(objects),
    ...room(objects, place),
  ];
}

const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubeObject) => ({ apiVersion, kind, name, namespace });
const keyOf = ({ kind, metadata: { name, namespace } }: KubeObject): string => `${kind} ${namespace ?? ""}/${name}`;

/** Helm waits until definitions of custom resources are served. */
const definitions = (objects: readonly KubeObject[]): KubeNeed[] => {
  const first = objects.find(({ kind }) => kind === "CustomResourceDefinition");
  return first === undefined ? [] : onObject({ apiVersion: first.apiVersion, kind: first.kind }, ["list", "watch"]);
};

interface Workload {
  readonly replicas?: number;
  readonly template?: { readonly spec?: { readonly containers?: readonly Container[]; readonly initContainers?: readonly Container[] } };
  readonly volumeClaimTemplates?: readonly ClaimTemplate[];
}
interface Container {
  readonly resources?: Readonly<Record<"requests" | "limits", Readonly<Record<string, unknown>> | undefined>>;
}
interface ClaimTemplate {
  readonly spec?: { readonly storageClassName?: string; readonly resources?: { readonly requests?: { readonly storage?: string } } };
}

/** What goes on making pods. */
const makesPods = ({ kind }: KubeObject): boolean => kind === "Deployment" || kind === "StatefulSet";
/** The same, and what makes some once or on each node. */
const hasPods = (object: KubeObject): boolean => makesPods(object) || object.kind === "DaemonSet" || object.kind === "Job";

const templateOf = ({ kind, metadata: { name }, spec }: KubeObject): PodTemplate => ({
  of: `${kind} ${name}`,
  spec: (spec as Workload | undefined)?.template?.spec,
});

function room(objects: readonly KubeObject[], { namespace, of, strict }: Place): RoomNeed[] {
  const templates = objects.filter((object) => hasPods(object) && object.metadata.namespace === namespace).map(templateOf);
  const specs = objects.filter(makesPods).map((object) => ({ replicas: 1, ...(object["spec"] as Workload) }));
  if (specs.length + templates.length === 0) return [];
  return [
    {
      system: "room",
      cluster: "wired",
      namespace,
      of,
      pods: specs.reduce((sum, { replicas }) => sum + replicas, 0),
      claims: specs.flatMap(({ volumeClaimTemplates = [], replicas }) => volumeClaimTemplates.map((claim) => claimOf(claim, replicas))),
      unsaid: [...new Set(specs.flatMap(unsaidIn))],
      templates,
      strict,
    },
  ];
}

const claimOf = ({ spec }: ClaimTemplate, count: number): ClaimNeed => ({
  count,
  size: String(spec?.resources?.requests?.storage ?? "0"),
  storageClass: spec?.storageClassName,
});

const askable = ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"] as const;

/** A limit stands for a request too: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
function unsaidIn({ template }: Workload): string[] {
  const containers = [...(template?.spec?.containers ?? []), ...(template?.spec?.initContainers ?? [])];
  const says = ({ resources }: Container, asked: string): boolean => {
    const [kind = "", what = ""] = asked.split(".");
    return resources?.limits?.[what] !== undefined || (kind === "requests" && resources?.requests?.[what] !== undefined);
  };
  return askable.filter((asked) => containers.some((container) => !says(container, asked)));
}
