import { fail, pass, type Found } from "../../core/check.ts";
import { failure, kinds } from "../../errors.ts";
import type { LoginSpec } from "../../config/spec/consumer.ts";
import type { InstallSpec } from "../../config/spec/install.ts";
import type { KvSpec } from "../../config/spec/wiring.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import { givesUsers } from "../../systems/proof-pod.ts";
import { vaultContainer, type VaultPodSpec } from "../../systems/vault-pods.ts";
import type { PodOutcome, Readers } from "../../systems/world.ts";
import { vaultPods } from "../../vault/pods.ts";
import type { AppCheck } from "../../systems/step.ts";
import { insidePod, attemptsOf, type Account, type InsideQuestion, type Attempts } from "./inside-pod.ts";
import { accountOf, policiesRefuse, unboundAccounts, type ProvenLogin } from "../../wiring/login.ts";
import { probePath } from "../../systems/probe-path.ts";
import { boundsOf, outsidePaths, tooWide } from "../../wiring/elsewhere.ts";

export interface ProvenInside extends ProvenLogin {
  readonly vault: Pick<VaultSpec, "install" | "namespace">;
  /** The image that has the vault command; undefined for the one of the Vault pods of this cluster. */
  readonly image: string | undefined;
  /** How long a pod may take, in milliseconds. */
  readonly withinMs: number;
}

/**
 * The proofs of a login again, from where applications run: pods with the service accounts themselves, at the address that pods are
 * told. They are made all at once, and taken away.
 */
export function insideChecks(proven: ProvenInside): AppCheck[] {
  const { authMount, login, kv } = proven;
  let asked: Promise<ReadonlyMap<string, Promise<PodOutcome>>> | undefined;
  const bound = accountOf(login);
  const others = unboundAccounts(login);
  const all = [bound, ...others];
  const begin = async (read: Readers): Promise<ReadonlyMap<string, Promise<PodOutcome>>> => {
    const question = await questionOf(read, proven);
    return new Map(all.map((each) => [title(each), run(read, each, question, proven.withinMs)]));
  };
  const ask = async (read: Readers, account: Account): Promise<Attempts> =>
    heard(await (await (asked ??= begin(read))).get(title(account))!);
  return [
    {
      id: "inside-login",
      title: `from a pod, ${title(bound)} logs in at auth/${authMount} as ${login.role}`,
      run: async (read) => loggedIn(await ask(read, bound), authMount),
    },
    {
      id: "inside-policy",
      title: `from a pod, ${boundsOf(kv)}`,
      run: async (read) => readsOnlyItsOwn(await ask(read, bound), kv),
    },
    ...others.map((other) => ({
      id: `inside-unbound ${title(other)}`,
      title: `from a pod, ${title(other)}, which is not bound, is refused`,
      run: async (read: Readers) => refused(await ask(read, other), title(other), login.role),
    })),
  ];
}

const title = ({ namespace, name }: Account): string => `${namespace}/${name}`;

// A failure of one pod belongs to its own check; meanwhile it is nobody's.
function run(read: Readers, account: Account, question: InsideQuestion, withinMs: number): Promise<PodOutcome> {
  const outcome = read.kube.runPod(insidePod(account, question), withinMs);
  outcome.catch(() => undefined);
  return outcome;
}

/** What a pod told; where it told nothing, why. */
function heard(outcome: PodOutcome): Attempts {
  const all = attemptsOf(outcome);
  return all["login"] === undefined ? { login: { result: "failed", words: `the pod told nothing: ${outcome.message}` } } : all;
}

async function questionOf(read: Readers, { authMount, login, kv, vault, image }: ProvenInside): Promise<InsideQuestion> {
  const [pod, apis] = await Promise.all([vaultPod(read, vault.install), read.kube.apis()]);
  return {
    image: image ?? imageOfVault(read, pod, vault.install),
    pullSecrets: pod.imagePullSecrets,
    user: vaultContainer(pod)?.securityContext?.runAsUser ?? pod.securityContext?.runAsUser,
    givenUser: givesUsers(apis),
    address: await read.where.consumerAddress(),
    ca: await read.where.consumerCa(),
    vaultNamespace: vault.namespace,
    mount: authMount,
    role: login.role,
    audience: audienceOf(login),
    own: probePath(kv.mount, kv.prefix),
    others: outsidePaths(kv),
  };
}

/** Kubernetes gives a pod tokens of one audience each. */
function audienceOf({ audience, reviewsItself }: LoginSpec): string | undefined {
  if (audience === undefined || !reviewsItself) return audience;
  throw failure(kinds.usage, {
    what: "verify --inside cannot log in where tokens review themselves (--reviewer client)",
    why: `Such a token is for ${audience} and for the API server, and a pod's has one audience.`,
    fix: "Leave out --inside: verify logs in from here.",
  });
}

/** A pod of Vault, where it is in this cluster. */
async function vaultPod(read: Readers, { namespace, release }: InstallSpec): Promise<VaultPodSpec> {
  const [pod] = read.where.vaultIs === "cluster" ? await vaultPods(read.kube, { namespace, release }) : [];
  return (pod?.["spec"] ?? {}) as VaultPodSpec;
}

function imageOfVault(read: Readers, pod: VaultPodSpec, { namespace, release }: InstallSpec): string {
  const image = vaultContainer(pod)?.image;
  if (image !== undefined) return image;
  throw failure(kinds.usage, {
    what: "verify --inside does not know which image to run",
    why:
      read.where.vaultIs === "cluster"
        ? `No Vault pod of release ${release} is in namespace ${namespace}.`
        : "Vault's pods, whose image it would take, are not in this cluster.",
    fix: "Name one that this cluster can pull and that has the vault or bao command: --image hashicorp/vault:1.21",
  });
}

function loggedIn({ login }: Attempts, authMount: string): Found {
  if (login?.result === "ok") return pass();
  return login?.result === "denied"
    ? fail(
        `Vault refuses the login from a pod: ${login.words}`,
        (line) =>
          `Vault's token review fails, or the role does not bind the account (auth/${authMount}). This tells which: ${line("verify")}`,
      )
    : fail(`A pod could not log in: ${login?.words ?? ""}`, fixes);
}

const fixes =
  "Look at whether pods reach that address (network policies, --consumer-vault-addr), whether the image can be pulled and has the vault command (--image), and what admission refuses.";

function readsOnlyItsOwn(all: Attempts, kv: KvSpec): Found {
  const { login, own } = all;
  if (login?.result !== "ok") return fail("A pod could not log in, so nothing was read", "Mend the login first.");
  if (own?.result === "denied" || own?.result === "failed" || own === undefined)
    return fail(`A pod may not read ${probePath(kv.mount, kv.prefix)}: ${own?.words ?? "it told nothing"}`, policiesRefuse);
  const outside = outsidePaths(kv).map((path, index) => ({ path, attempt: all[`other-${index}`] }));
  const silent = outside.find(({ attempt: other }) => other?.result === "failed" || other === undefined);
  const open = outside.find(({ attempt: other }) => other?.result === "ok" || other?.result === "absent");
  if (open !== undefined) return fail(`A pod may read ${open.path}, outside of its prefix`, tooWide);
  return silent === undefined
    ? pass()
    : fail(`Vault did not refuse ${silent.path}, but failed: ${silent.attempt?.words ?? "the pod told nothing"}`, fixes);
}

function refused({ login }: Attempts, account: string, role: string): Found {
  if (login?.result === "denied") return pass();
  return login?.result === "ok"
    ? fail(`${account} could log in from a pod as ${role}`, (line) => `Bind exact names: ${line("role")}`)
    : fail(`Vault did not refuse ${account}, but no answer came: ${login?.words ?? ""}`, fixes);
}
