import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { KubeReader, Readers } from "../../systems/world.ts";
import { exitCodes, type ExitCode } from "../../core/errors.ts";
import { fact, isAbsent, isKnown, valueOf, type Fact } from "../../core/fact.ts";
import type { Diff } from "../../core/resource.ts";
import { storesOf } from "../../consumers/kinds.ts";
import { failure, kinds } from "../../errors.ts";
import type { KubeNeed, Need, RoomNeed, VaultNeed } from "../../systems/need.ts";
import { toReachVault, type VaultPods } from "../../systems/reach.ts";
import type { AppBoundStep, AppResource } from "../../systems/step.ts";
import { addresses, type AddressesOf } from "./addresses.ts";
import { Gathered } from "./gather.ts";
import { imageShortages } from "./images.ts";
import { podSecurityShortages } from "./pod-security.ts";
import { rbacManifest, vaultPolicyText } from "./grants.ts";
import { byPath, distinct, kubeLacks, vaultLacks, type KubeLack, type VaultLack, type Wanted } from "./rights.ts";
import { roomShortages, type Shortage } from "./room.ts";
import { storageShortages } from "./storage.ts";
import { versions } from "./versions.ts";

/** What is looked at. */
export interface PreflightOf {
  readonly read: Readers;
  readonly steps: readonly AppBoundStep[];
  /** Which resources have something to do; the others need nothing more. */
  readonly todo: (resource: AppResource) => boolean;
  /** Where Vault's pods are, and Secrets that keep its keys. */
  readonly pods: VaultPods;
  readonly consumers: readonly ConsumerSpec[];
  readonly host: AddressesOf["host"];
  readonly tries?: AddressesOf["tries"];
}

/** What a run needs and does not have, all of it at once. */
export interface Preflight {
  readonly kube: readonly KubeLack[];
  readonly vault: readonly VaultLack[];
  readonly shortages: readonly Shortage[];
  /** What is there: versions and addresses. */
  readonly there: readonly string[];
  /** What could not be asked yet, and why. */
  readonly open: readonly string[];
  /** What nobody can try before something is written, and what proves it then. */
  readonly unproven: readonly string[];
  /** Grants what lacks, for `kubectl apply -f -`, by context. */
  readonly manifests: readonly { readonly context: string; readonly yaml: string }[];
  /** Grants what lacks, in HCL; empty where nothing does. */
  readonly policy: string;
  /** How a run that stops here ends. */
  readonly exit: ExitCode;
}

/** Asks for everything that the steps need. It only reads, and what cannot be asked does not hide the rest. */
export async function preflight({ read, steps, todo, pods, host, consumers, tries = false }: PreflightOf): Promise<Preflight> {
  const gathered = new Gathered();
  const uses = {
    usesHelm: steps.some(({ resources }) => resources.some(({ id }) => id.startsWith("helm "))),
    usesStores: steps.some(({ id, resources }) => id === "store" && resources.length > 0),
    storesWithoutCertificate: consumers.flatMap((consumer) =>
      storesOf(consumer).flatMap(({ tlsSecret, namespace }) =>
        tlsSecret === undefined ? [namespace ?? consumer.login.namespaces[0] ?? consumer.namespace] : [],
      ),
    ),
    usesAuth: steps.some(({ id }) => id === "auth"),
  };
  const [there, addressLines, needs] = await Promise.all([
    versions(read, { ...uses, consumers }, gathered),
    addresses(read, { ...uses, host, tries }, gathered),
    wantedBy(read, steps, todo, pods, gathered),
  ]);
  const [lacks, vault] = await Promise.all([
    Promise.all(clustersOf(read).map((kube) => gathered.list(() => kubeLacks(kube, ofCluster(needs, kube, read))))),
    gathered.list(() => vaultLacks(read.vault, only(needs, isVault))),
    ...only(needs, isRoom).map(async ({ need }) => look(read.kube, need, gathered)),
  ]);
  const kube = lacks.flat().filter(({ need }) => need.otherwise === undefined);
  const spared = lacks.flat().flatMap(({ need }) => (need.otherwise === undefined ? [] : [withoutIt(need, need.otherwise)]));
  return {
    kube,
    vault,
    shortages: gathered.shortages,
    there: [...there, ...addressLines.flatMap(({ proven, line }) => (proven ? [line] : []))],
    open: gathered.open,
    unproven: [...addressLines.flatMap(({ proven, line }) => (proven ? [] : [line])), ...spared],
    manifests: await manifestsFor(read, kube),
    policy: vaultPolicyText(vault.map(({ path, missing }) => ({ path, capabilities: missing }))),
    exit: exitFor(kube, vault, gathered),
  };
}

/** A right that is lacked and can be done without. */
const withoutIt = ({ verb, resource, name = "", namespace = "" }: KubeNeed, otherwise: string): string =>
  `${verb} of ${resource} ${namespace}/${name} is not allowed: ${otherwise}`;

/** The roles that a user needs for everything that the steps do, by context. `user` is who the API server takes the user for, where it is left out. */
export async function fullRbac(of: Omit<PreflightOf, "todo">, user: string | undefined): Promise<Preflight["manifests"]> {
  const needs = await allOf(of);
  return await manifestsFor(
    of.read,
    only(needs, isKube).map((wanted) => ({ ...wanted, context: clusterOf(wanted.need, of.read).context })),
    user,
  );
}

/** The policy that a token needs for everything that the steps do. */
export async function fullPolicy(of: Omit<PreflightOf, "todo">): Promise<string> {
  const paths = byPath(only(await allOf(of), isVault));
  return vaultPolicyText([...paths].map(([path, { capabilities }]) => ({ path, capabilities: [...capabilities].sort() })));
}

async function allOf({ read, steps, pods }: Omit<PreflightOf, "todo">): Promise<Wanted<Need>[]> {
  const gathered = new Gathered();
  const needs = await wantedBy(read, steps, () => true, pods, gathered);
  const [first] = gathered.shortages;
  if (first !== undefined) throw failure(kinds.lacking, { what: first.what, why: "What is needed cannot be told before.", fix: first.fix });
  return needs;
}

async function wantedBy(
  read: Readers,
  steps: readonly AppBoundStep[],
  todo: PreflightOf["todo"],
  pods: PreflightOf["pods"],
  gathered: Gathered,
): Promise<Wanted<Need>[]> {
  const each = steps.flatMap(({ id, resources, checks }) =>
    [...resources.filter(todo), ...checks].map(async (one) => {
      const needs = await gathered.list(() => one.needs?.(read) ?? []);
      return needs.map((need): Wanted<Need> => ({ need, steps: [id] }));
    }),
  );
  const wanted = (await Promise.all(each)).flat();
  const users = [...new Set(wanted.filter(({ need }) => need.system === "vault").flatMap((one) => one.steps))];
  const reach =
    wanted.length === 0
      ? []
      : (await gathered.list(() => toReachVault(read, pods))).map((need): Wanted<Need> => ({
          need,
          steps: users.length > 0 ? users : steps.map(({ id }) => id),
        }));
  return distinct([...wanted, ...reach]);
}

const isKube = (need: Need): need is KubeNeed => need.system === "kubernetes";
const isVault = (need: Need): need is VaultNeed => need.system === "vault";
const isRoom = (need: Need): need is RoomNeed => need.system === "room";
const only = <N extends Need>(wanted: readonly Wanted<Need>[], is: (need: Need) => need is N): Wanted<N>[] =>
  wanted.flatMap(({ need, steps }) => (is(need) ? [{ need, steps }] : []));

const clustersOf = ({ kube, vaultKube }: Readers): KubeReader[] => [...new Set([kube, ...(vaultKube === undefined ? [] : [vaultKube])])];
const clusterOf = ({ cluster }: KubeNeed, { kube, vaultKube }: Readers): KubeReader => (cluster === "wired" ? kube : (vaultKube ?? kube));
const ofCluster = (wanted: readonly Wanted<Need>[], kube: KubeReader, read: Readers): Wanted<KubeNeed>[] =>
  distinct(
    only(wanted, isKube)
      .filter(({ need }) => clusterOf(need, read) === kube)
      .map(({ need, steps }) => ({ need: { ...need, cluster: "wired" as const }, steps })),
  );

async function look(kube: KubeReader, need: RoomNeed, gathered: Gathered): Promise<void> {
  const [quotas, storage, security] = await Promise.all([
    gathered.list(() => roomShortages(kube, need), `quotas and limits of namespace ${need.namespace}`),
    gathered.list(() => storageShortages(kube, need.claims), "storage classes"),
    podSecurityShortages(kube, need),
  ]);
  gathered.add([...quotas, ...storage, ...security, ...imageShortages(need)]);
}

function exitFor(kube: readonly KubeLack[], vault: readonly VaultLack[], { shortages, exits }: Gathered): ExitCode {
  if (kube.length > 0 || vault.length > 0) return exitCodes.refused;
  const [only] = exits;
  if (exits.size === 1 && only !== undefined && shortages.length === 1) return only as ExitCode;
  return shortages.length > 0 ? exitCodes.failed : exitCodes.done;
}

async function manifestsFor(
  read: Readers,
  lacks: readonly Pick<KubeLack, "context" | "need">[],
  user?: string,
): Promise<Preflight["manifests"]> {
  const made = clustersOf(read).map(async (kube) => {
    const own = lacks.filter(({ context }) => context === kube.context).map(({ need }) => need);
    if (own.length === 0) return [];
    const grantee = { user: user ?? valueOf(await fact(() => kube.whoAmI())), absent: await absentOf(kube, own) };
    return [{ context: kube.context, yaml: rbacManifest(own, grantee) }];
  });
  return (await Promise.all(made)).flat();
}

/** Namespaces that are not there, as far as the user may see it. */
async function absentOf(kube: KubeReader, needs: readonly KubeNeed[]): Promise<Set<string>> {
  const named = [...new Set(needs.flatMap(({ namespace }) => namespace ?? []))];
  const each = named.map(async (name) => ({ name, is: await fact(() => kube.get({ apiVersion: "v1", kind: "Namespace", name })) }));
  return new Set((await Promise.all(each)).flatMap(({ name, is }) => (isAbsent(is) ? [name] : [])));
}

/** Which resources have something to do, each asked by itself; why others could not be asked is found by their needs. */
export async function todoOf(read: Readers, steps: readonly AppBoundStep[]): Promise<ReadonlySet<AppResource>> {
  const all = steps.flatMap(({ resources }) => resources);
  const each = all.map(async (resource) => ({ resource, diff: await fact(() => resource.diff(read)) }));
  return new Set((await Promise.all(each)).flatMap(({ resource, diff }) => (isSame(diff) ? [] : [resource])));
}

const isSame = (diff: Fact<Diff>): boolean => isKnown(diff) && diff.value.kind === "same";
