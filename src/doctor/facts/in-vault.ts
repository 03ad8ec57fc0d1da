import { fact, isKnown, valueOf, type Fact } from "../../core/fact.ts";
import { text } from "../../core/values.ts";
import type { ConfigFact } from "../../consumers/diagnosis/evidence.ts";
import { ownershipOf } from "../../kubernetes/ownership.ts";
import type { Readers } from "../../systems/world.ts";
import { mounts, type Mount } from "../../wiring/mounts.ts";
import { openedBy, type Opened } from "../../wiring/policy/opened.ts";
import { configFact, rolesFact, type RoleSeen } from "./auth.ts";
import { addressOf, knownAs, pointsHere, type KnownAs } from "./points-here.ts";
import { sameCertificates } from "./reviewer.ts";

/** What of a cluster's wiring is in Vault, whoever made it. */
export interface InVault {
  /** Auth methods of Kubernetes that are for this cluster. */
  readonly logins: readonly LoginThere[];
  /** Paths of other auth methods of Kubernetes, whose configuration may not be read. */
  readonly unread: readonly string[];
  /** Engines of KV version 2; undefined where they may not be listed. */
  readonly engines: readonly string[] | undefined;
  /** What policies of roles open, by their name; a text that is not understood is undefined. */
  readonly policies: ReadonlyMap<string, Fact<Opened | undefined>>;
  /** The address at which pods of this cluster are told to reach Vault; undefined where it cannot be known. */
  readonly consumerAddress: string | undefined;
  /** Vault runs in this very cluster. */
  readonly isHere: boolean;
}

/** An auth method of this cluster. */
export interface LoginThere {
  readonly mount: string;
  /** It carries our mark of this cluster. */
  readonly isOurs: boolean;
  /** How it is known to be this cluster's, in words. */
  readonly because: string;
  /** Undefined where it has no configuration. */
  readonly host: string | undefined;
  /** It is an address by which this cluster's API server is known. */
  readonly hostIsOurs: boolean;
  /** It has another CA than the cluster's own. */
  readonly otherCa: boolean;
  /** Whose token Vault reviews with, as the setting says it; undefined where the configuration does not tell. */
  readonly reviewer: "token" | "client" | "local" | undefined;
  readonly roles: Fact<readonly RoleSeen[]>;
}

/** Looks at all of it, each thing once. Throws where Vault cannot be asked for its auth methods. */
export async function inVault(read: Readers): Promise<InVault> {
  const [all, uid, known] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid(), knownAs(read)]);
  const ofKubernetes = all.filter(({ type, description }) => type === "kubernetes" && ownershipOf(description, uid) !== "other-cluster");
  const engines = valueOf(await fact(async () => (await mounts(read, "sys/mounts")).filter(isKv2).map(({ path }) => path)));
  const looked = await Promise.all(ofKubernetes.map((mount) => loginThere(read, mount, { uid, known })));
  const logins = looked.filter((one) => typeof one === "object");
  return {
    logins,
    unread: looked.filter((one) => typeof one === "string"),
    engines,
    policies: await policiesOf(read, logins, engines),
    consumerAddress: valueOf(await fact(() => read.where.consumerAddress())),
    isHere: known.inside,
  };
}

/** An auth method, where it is this cluster's. Its path alone where that cannot be known; undefined where it is not. */
async function loginThere(
  read: Readers,
  { path: mount, description }: Mount,
  { uid, known }: { readonly uid: string; readonly known: KnownAs },
): Promise<LoginThere | string | undefined> {
  const found = await fact(() => configFact(read.vault, mount));
  const config = valueOf(found);
  const isOurs = ownershipOf(description, uid) === "ours";
  const because = isOurs ? "it carries our mark of this cluster" : pointsHere(config, known);
  if (because === undefined) return isKnown(found) ? undefined : mount;
  const { host, ca = "" } = config ?? {};
  return {
    mount,
    isOurs,
    because,
    host,
    hostIsOurs: host !== undefined && known.hosts.includes(addressOf(host)),
    otherCa: known.ca !== "" && ca !== "" && !sameCertificates(ca, known.ca),
    reviewer: config && reviewerIn(config),
    roles: await fact(() => rolesFact(read.vault, mount)),
  };
}

/** Newer servers say whether they were given a token; without one they take that of their pod, or else the one that logs in. */
function reviewerIn({ hasReviewerToken, usesLocalToken }: ConfigFact): LoginThere["reviewer"] {
  if (hasReviewerToken === undefined) return undefined;
  return hasReviewerToken ? "token" : usesLocalToken ? "local" : "client";
}

const isKv2 = ({ type, options }: { readonly type: string; readonly options?: { readonly version?: string } | null }): boolean =>
  type === "kv" && options?.version === "2";

async function policiesOf(
  { vault }: Readers,
  logins: readonly LoginThere[],
  engines: readonly string[] | undefined,
): Promise<InVault["policies"]> {
  const names = new Set(logins.flatMap(({ roles }) => (valueOf(roles) ?? []).flatMap(({ policies }) => policies)));
  const read = async (name: string): Promise<[string, Fact<Opened | undefined>]> => [
    name,
    await fact(async () => {
      const policy = text((await vault.get(`sys/policies/acl/${name}`))?.data["policy"]);
      return policy === undefined ? undefined : openedBy(policy, engines);
    }),
  ];
  return new Map(await Promise.all([...names].filter((name) => name !== "default" && name !== "root").map(read)));
}
