import type { Spec } from "../../config/spec.ts";
import { CliError } from "../../core/errors.ts";
import type { OnRequest } from "../../systems/http/http.ts";
import { chooseSinks } from "../../keys/choose-sinks.ts";
import { keyCustody } from "../../keys/custody.ts";
import { homeIn, homeOrNowhere } from "../../core/home.ts";
import { findKeyFile, keyFileByName } from "../../keys/find.ts";
import { dataFolder, defaultKeyFile } from "../../keys/place.ts";
import { Looks } from "../../systems/asked-once/answers.ts";
import type { SharedLook } from "../../systems/asked-once/shared.ts";
import type { HeldContext } from "../../systems/kube/context.ts";
import { openKube, type KubeChoice } from "../../systems/kube/open-kube.ts";
import { clientTls, notHonouredIn, type ClientTls } from "../../systems/vault/client-environment.ts";
import { caOfPods, keptTrust, type Trust } from "../../systems/vault/trust.ts";
import type { Ways } from "../../systems/vault/ways.ts";
import { askedKube, keptFor, type AskedKube, type KeptAnswers } from "./kept.ts";
import { readCa, whichVault, type WhichVault } from "./which-vault.ts";
import type { KeyHolders, KeysWriter, KubeReader } from "../../systems/world.ts";

export interface OpenOptions {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly home?: string | undefined;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each request to Kubernetes and Vault, and of each call of helm, without queries and bodies. */
  readonly onRequest?: OnRequest | undefined;
  /** Told what a person should know and nothing else says, such as that another token was taken. */
  readonly notice?: ((words: string) => void) | undefined;
  /** Whether a person sits at a terminal: a program that gives credentials may ask there. */
  readonly terminal?: boolean | undefined;
  /** The cluster that is wired is reached with this, and not by a kubeconfig. */
  readonly held?: HeldContext | undefined;
  /** Where --vault-login finds the token of this pod's service account, if not where our manifests put it. */
  readonly podTokenFile?: string | undefined;
  /** For one exchange, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** A cap on how long that is waited for which passes by itself, as an election or a busy server does; in milliseconds. */
  readonly patienceMs?: number | undefined;
  /** People who can be asked for unseal keys. */
  readonly holders?: KeyHolders | undefined;
  /** Standard output, for keys that are to be printed. */
  readonly print?: ((text: string) => Promise<void>) | undefined;
  /** --ca-cert comes from VAULT_CACERT, which may be about another Vault: where Vault's pods tell their CA, that one is used. */
  readonly caCertIsFallback?: boolean | undefined;
  /** What other runs at this time ask the same Vault. Left out: this run asks by itself. */
  readonly sharedLook?: SharedLook | undefined;
  /** Connections to Vault that other runs at this time use too; left out: this run makes its own. */
  readonly ways?: Ways | undefined;
}

/** For clients: how long answers that pass by themselves are worth asking again. */
export const patienceOf = ({ patienceMs }: OpenOptions): { atMostMs?: number } =>
  patienceMs === undefined ? {} : { atMostMs: patienceMs };

/** What the spec means, before anything is sent. */
export interface Plan {
  readonly spec: Spec;
  readonly options: OpenOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly vaultIs: WhichVault;
  readonly looks: Looks;
  readonly kept: KeptAnswers;
  readonly kube: AskedKube;
  /** Undefined where Vault is only an address. */
  readonly vaultKube: AskedKube | undefined;
  /** PEM of --ca-cert, or of what the environment says instead. */
  readonly ca: string | undefined;
  /** What the environment says of TLS and the way to a Vault at an address; nothing where it is elsewhere. */
  readonly client: ClientTls;
  /** Whom to trust at Vault itself. */
  readonly trust: Trust;
  readonly keys: KeysWriter;
}

/** Reads the kubeconfig and the CA file, and chooses contexts. Throws VK1001, VK1004, VK1006, VK1101, VK1102. */
export async function plan(spec: Spec, options: OpenOptions): Promise<Plan> {
  const env = options.env ?? process.env;
  const home = options.home ?? homeOrNowhere(env);
  const { cluster, kubernetes, vault } = spec;
  const vaultIs = whichVault(vault);
  const client = vaultIs === "address" ? await clientOf(env, options) : {};
  const open = (choice: Omit<KubeChoice, "kubeconfig">) =>
    openKube(
      { kubeconfig: kubernetes.kubeconfig, ...choice },
      {
        env,
        home,
        signal: options.signal,
        onRequest: options.onRequest,
        timeoutMs: options.timeoutMs,
        patience: patienceOf(options),
        terminal: options.terminal,
        notice: options.notice,
      },
    );
  const wired = await open({ context: kubernetes.context, cluster, held: options.held });
  const elsewhere = vaultIs === "other-cluster" && (options.held !== undefined || vault.context !== wired.client.context);
  const looks = new Looks();
  const kept = keptFor(looks, elsewhere || vaultIs === "address");
  const kube = askedKube(wired, kept.wired);
  const others = elsewhere ? askedKube(await open({ context: vault.context }), kept.vaults) : undefined;
  const base = { spec, options, env, home, vaultIs, looks, kept, kube, vaultKube: vaultIs === "address" ? undefined : (others ?? kube) };
  const known = { ...base, client, ca: (await caOf(vault.caCert, vaultIs, options)) ?? client.ca };
  return { ...known, trust: trustOf(known), keys: keysOf(known) };
}

/** What the environment says to the vault command is taken, or named where it is not. */
export async function clientOf(env: Plan["env"], { notice }: Pick<OpenOptions, "notice">): Promise<ClientTls> {
  for (const words of notHonouredIn(env)) notice?.(words);
  return clientTls(env);
}

/** VAULT_CACERT is about a Vault at an address: where it is elsewhere, a file that cannot be used stops nothing. */
async function caOf(
  file: string | undefined,
  vaultIs: WhichVault,
  { caCertIsFallback = false, notice }: OpenOptions,
): Promise<string | undefined> {
  if (vaultIs === "address" || !caCertIsFallback) return readCa(file);
  return readCa(file).catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    notice?.(`${error.message}, so it is not looked at: Vault is not at an address`);
    return undefined;
  });
}

type Known = Omit<Plan, "keys" | "trust">;

function trustOf(known: Known): Trust {
  const { vaultKube, ca, kept } = known;
  if (vaultKube === undefined || isSaid(known)) return () => Promise.resolve(ca);
  return keptTrust(kept.vaults.answers, ({ fresh }) => caFrom(known, fresh ? vaultKube.anew : vaultKube.once));
}

/** Whether --ca-cert alone says whom to trust at Vault. */
export const isSaid = ({ ca, options: { caCertIsFallback = false } }: Known): boolean => ca !== undefined && !caCertIsFallback;

export const caFrom = async ({ spec: { vault }, ca }: Known, kube: KubeReader): Promise<string | undefined> =>
  (await caOfPods({ kube, namespace: vault.install.namespace, release: vault.install.release })) ?? ca;

function keysOf({ spec, options, env, home, vaultIs, vaultKube }: Known): KeysWriter {
  const folder = dataFolder(env, options.home ?? homeIn(env));
  const {
    cluster,
    vault: { install, keys },
  } = spec;
  const named = cluster !== undefined && vaultIs !== "other-cluster" && folder !== undefined;
  const said = keys.file ?? (named ? defaultKeyFile(folder, cluster) : undefined);
  const context = vaultKube?.wire.context;
  const origin = async () =>
    vaultKube === undefined
      ? {}
      : { kubeSystemUid: await vaultKube.once.clusterUid(), namespace: install.namespace, release: install.release, context };
  return keyCustody({
    title: said ?? (context === undefined || folder === undefined ? "the key file" : `the key file of context ${context} below ${folder}`),
    file: async () => {
      if (keys.file !== undefined || folder === undefined) return keys.file;
      if (named) return keyFileByName(folder, cluster, await origin());
      return vaultKube === undefined ? undefined : findKeyFile(folder, await origin());
    },
    origin,
    sinks: (file) =>
      chooseSinks(file, {
        cluster,
        keys,
        env,
        home,
        cwd: options.cwd ?? process.cwd(),
        // What a key rests on is read where it lies, each time.
        kube: vaultKube?.anew,
        print: options.print,
      }),
    acceptUnproven: keys.acceptUnproven,
    threshold: keys.threshold,
    takeOver: keys.takeOver,
  });
}
