import { ifSeen } from "../../systems/allowed.ts";
import type { KubeObject, KubeReader } from "../../systems/world.ts";
import type { ConsumerObjects } from "../consumer-objects.ts";
import type { LoginPlan } from "../diagnosis/login-plan.ts";
import type { StoreFact } from "../diagnosis/operator-facts.ts";
import { externalSecrets } from "../external-secrets.ts";
import { consumerKinds, kindNames, type ConsumerKind } from "../kinds.ts";
import { versionThere } from "./served.ts";
import { operatorsThere, type OperatorThere } from "./there.ts";

/** A store that somebody made, as it says where Vault is and how it logs in. */
export interface StoreThere extends Pick<StoreFact, "server" | "path" | "version" | "vaultNamespace"> {
  readonly kind: string;
  readonly name: string;
  /** Undefined for one of the whole cluster. */
  readonly namespace: string | undefined;
  readonly login: LoginPlan;
  /** Whose ExternalSecrets may use it, none for all; undefined where it says that by other means than names. */
  readonly allowed: readonly string[] | undefined;
}

/** An operator with all that its objects say, whoever made them. */
export interface Wired {
  /** Undefined where there are its objects alone. */
  readonly operator: OperatorThere | undefined;
  readonly kind: ConsumerKind;
  /** Those that log in to Vault by Kubernetes. */
  readonly stores: readonly StoreThere[];
  readonly externals: readonly KubeObject[];
}

/** Every operator that we know, with its stores and ExternalSecrets in all namespaces. @param unseen told the kinds that may not be listed */
export async function wiredThere(kube: KubeReader, unseen: (kind: string) => void): Promise<Wired[]> {
  const operators = await ifSeen(
    () => operatorsThere(kube),
    () => (unseen("Deployment"), []),
  );
  const found = await Promise.all(
    kindNames.map(async (kind) => {
      const objects = await objectsThere(kube, consumerKinds[kind].objects, unseen);
      const own = operators.filter((one) => one.kind === kind);
      const any = own.length > 0 || objects.stores.length + objects.externals.length === 0 ? own : [undefined];
      return any.map((operator): Wired => ({ operator, kind, ...objects }));
    }),
  );
  return found.flat();
}

async function objectsThere(
  kube: KubeReader,
  objects: ConsumerObjects | undefined,
  unseen: (kind: string) => void,
): Promise<Pick<Wired, "stores" | "externals">> {
  const apiVersion = objects === undefined ? undefined : await versionThere({ kube }, objects);
  if (objects === undefined || apiVersion === undefined) return { stores: [], externals: [] };
  const seen = (kind: string, ask: () => Promise<KubeObject[]>): Promise<KubeObject[]> => ifSeen(ask, () => (unseen(kind), []));
  const [externals, ...stores] = await Promise.all([
    seen("ExternalSecret", () => externalSecrets({ kube }, objects)),
    ...(objects.stores?.kinds ?? []).map((kind) => seen(kind, () => kube.list({ apiVersion, kind }))),
  ]);
  return { stores: stores.flat().flatMap((one) => storeThere(objects, one)), externals };
}

function storeThere({ stores }: ConsumerObjects, store: KubeObject): StoreThere[] {
  const login = stores?.loginIn(store);
  if (stores === undefined || login === undefined) return [];
  const { server, path, version, vaultNamespace } = stores.read(store);
  const { kind, metadata } = store;
  return [
    {
      kind,
      name: metadata.name,
      namespace: metadata.namespace,
      server,
      path,
      version,
      vaultNamespace,
      login,
      allowed: stores.allowedIn(store),
    },
  ];
}
