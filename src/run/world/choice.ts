import { homedir } from "node:os";
import type { Settings } from "../../config/fields.ts";
import { failure, kinds } from "../../errors.ts";
import { addressInside, addressOutside, ingressCa } from "./consumer-address.ts";
import type { OnRequest } from "../../systems/http/http.ts";
import { chooseSinks } from "../../keys/choose-sinks.ts";
import { keyCustody } from "../../keys/custody.ts";
import { dataFolder, defaultKeyFile, findByUid } from "../../keys/place.ts";
import { openKube, type OpenedKube } from "../../systems/kube/open-kube.ts";
import { caObject, caOfPods, remembered, type Trust } from "../../systems/vault/trust.ts";
import { readCa, whichVault, type WhichVault } from "./which-vault.ts";
import type { KeyHolders, KeysWriter, Where } from "../../systems/world.ts";

export interface OpenOptions {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly home?: string | undefined;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each request to Kubernetes and Vault, and of each call of helm, without queries and bodies. */
  readonly onRequest?: OnRequest | undefined;
  /** For one exchange, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** People who can be asked for unseal keys. */
  readonly holders?: KeyHolders | undefined;
  /** Standard output, for keys that are to be printed. */
  readonly print?: ((text: string) => Promise<void>) | undefined;
  /** --ca-cert comes from VAULT_CACERT, which may be about another Vault: where Vault's pods tell their CA, that one is used. */
  readonly caCertIsFallback?: boolean | undefined;
}

/** What the settings mean, before anything is sent. */
export interface Plan {
  readonly settings: Settings;
  readonly options: OpenOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly vaultIs: WhichVault;
  readonly kube: OpenedKube;
  /** Undefined where Vault is only an address. */
  readonly vaultKube: OpenedKube | undefined;
  /** PEM of --ca-cert. */
  readonly ca: string | undefined;
  /** Whom to trust at Vault itself. */
  readonly trust: Trust;
  readonly keys: KeysWriter;
}

/** Reads the kubeconfig and the CA file, and chooses contexts. Throws VK1001, VK1004, VK1006, VK1101, VK1102. */
export async function plan(settings: Settings, options: OpenOptions): Promise<Plan> {
  const env = options.env ?? process.env;
  const home = options.home ?? env["HOME"] ?? homedir();
  const vaultIs = whichVault(settings);
  const open = (choice: { context: string | undefined; cluster?: string | undefined }) =>
    openKube(
      { kubeconfig: settings.kubeconfig, ...choice },
      { env, home, signal: options.signal, onRequest: options.onRequest, timeoutMs: options.timeoutMs },
    );
  const kube = await open({ context: settings.context, cluster: settings.cluster });
  const elsewhere = vaultIs === "other-cluster" && settings.vaultContext !== kube.client.context;
  const vaultKube = elsewhere ? await open({ context: settings.vaultContext }) : vaultIs === "address" ? undefined : kube;
  const ca = await readCa(settings.caCert);
  const base = { settings, options, env, home, vaultIs, kube, vaultKube, ca, trust: trustOf(settings, vaultKube, ca, options) };
  return { ...base, keys: keysOf(base) };
}

function trustOf(
  { installNamespace: namespace, release }: Settings,
  vaultKube: OpenedKube | undefined,
  ca: string | undefined,
  { caCertIsFallback = false }: OpenOptions,
): Trust {
  if (vaultKube === undefined || (ca !== undefined && !caCertIsFallback)) return () => Promise.resolve(ca);
  return remembered(async () => (await caOfPods({ kube: vaultKube.client, namespace, release })) ?? ca);
}

function keysOf({ settings, options, env, home, vaultIs, vaultKube }: Omit<Plan, "keys">): KeysWriter {
  const folder = dataFolder(env, home);
  const byName = settings.cluster === undefined || vaultIs === "other-cluster" ? undefined : defaultKeyFile(folder, settings.cluster);
  const said = settings.initFile ?? byName;
  const context = vaultKube?.client.context;
  return keyCustody({
    title: said ?? (context === undefined ? "the key file" : `the key file of context ${context} below ${folder}`),
    file: async () => said ?? (vaultKube === undefined ? undefined : findByUid(folder, await vaultKube.client.clusterUid())),
    origin: async () =>
      vaultKube === undefined ? {} : { kubeSystemUid: await vaultKube.client.clusterUid(), namespace: settings.installNamespace, context },
    sinks: (file) =>
      chooseSinks(file, {
        settings,
        env,
        home,
        cwd: options.cwd ?? process.cwd(),
        kube: vaultKube?.client,
        print: options.print ?? printed,
      }),
    acceptUnproven: settings.acceptUnproven,
    threshold: settings.keyThreshold,
  });
}

const printed = (text: string): Promise<void> =>
  new Promise(
    (resolve, reject) => void process.stdout.write(text, (error) => (error === null || error === undefined ? resolve() : reject(error))),
  );

/** Which Vault it is, how pods reach it, and whom they have to trust. */
export function whereOf({ settings, vaultIs, vaultKube, kube, ca, trust, options }: Plan): Where {
  const { installNamespace: namespace, consumerVaultAddr: said, insecureNoTls } = settings;
  const outside = vaultIs === "other-cluster" && vaultKube !== kube;
  const secureByDefault = ca !== undefined || (vaultIs === "cluster" && !insecureNoTls);
  const release = { kube: (vaultKube ?? kube).client, namespace, release: settings.release, secureByDefault };
  const found = async () => {
    if (outside) return (await addressOutside(release)).address;
    if (vaultIs !== "address") return addressInside(release);
    if (settings.vaultAddr !== undefined) return settings.vaultAddr.replace(/\/+$/, "");
    throw failure(kinds.noConsumerAddress, {
      what: "Only the nodes of Vault are known, not the address at which pods reach it",
      fix: "Say it with --consumer-vault-addr or --vault-addr.",
    });
  };
  const saidCa = ca !== undefined && options.caCertIsFallback !== true;
  const vaultCa = () => trust({ fresh: true });
  const consumerCa = async () => {
    if (!outside || said !== undefined || saidCa) return vaultCa();
    const { ingress } = await addressOutside(release);
    return ingress === undefined ? vaultCa() : ((await ingressCa(release.kube, ingress)) ?? ca);
  };
  const vaultCaObject = async () => (vaultKube === undefined || saidCa ? undefined : caObject({ ...release, kube: vaultKube.client }));
  return { vaultIs, vaultCa, vaultCaObject, consumerCa, consumerAddress: async () => said?.replace(/\/+$/, "") ?? found() };
}
