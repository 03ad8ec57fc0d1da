import { homedir } from "node:os";
import type { Settings } from "../config/fields.ts";
import { failure, kinds } from "../errors.ts";
import { addressInside, addressOutside } from "./consumer-address.ts";
import type { OnRequest } from "./http.ts";
import { chooseSinks } from "./keys/choose-sinks.ts";
import { keyCustody } from "./keys/custody.ts";
import { dataFolder, defaultKeyFile, findByUid } from "./keys/place.ts";
import { openKube, type OpenedKube } from "./kube/open-kube.ts";
import { readCa, whichVault, type WhichVault } from "./where.ts";
import type { KeyHolders, KeysWriter, Where } from "./world.ts";

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
  readonly ca: string | undefined;
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
  const base = { settings, options, env, home, vaultIs, kube, vaultKube, ca: await readCa(settings.caCert) };
  return { ...base, keys: keysOf(base) };
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

/** Which Vault it is, and how pods reach it. */
export function whereOf({ settings, vaultIs, vaultKube, kube, ca }: Plan): Where {
  const secureByDefault = ca !== undefined;
  const release = { kube: (vaultKube ?? kube).client, namespace: settings.installNamespace, release: settings.release, secureByDefault };
  const found = () => {
    if (vaultIs === "cluster") return addressInside(release);
    if (vaultIs === "other-cluster") return vaultKube === kube ? addressInside(release) : addressOutside(release);
    if (settings.vaultAddr !== undefined) return Promise.resolve(settings.vaultAddr.replace(/\/+$/, ""));
    throw failure(kinds.noConsumerAddress, {
      what: "Only the nodes of Vault are known, not the address at which pods reach it",
      fix: "Say it with --consumer-vault-addr or --vault-addr.",
    });
  };
  return { vaultIs, vaultCa: ca, consumerAddress: async () => settings.consumerVaultAddr?.replace(/\/+$/, "") ?? found() };
}
