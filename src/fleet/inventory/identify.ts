import { createHash, X509Certificate } from "node:crypto";
import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { openKube, type OpenedKube } from "../../systems/kube/open-kube.ts";
import { isUnusable, type Entry, type Found } from "./found.ts";
import type { Reach } from "./inventory.ts";

/** How clusters are asked who they are. */
export interface AskOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly signal?: AbortSignal | undefined;
  readonly onRequest?: ((method: string, target: string) => void) | undefined;
  readonly notice?: ((words: string) => void) | undefined;
  readonly terminal?: boolean | undefined;
  /** For one exchange, in milliseconds: one that hangs holds nobody for longer. */
  readonly timeoutMs: number;
}

/** A cluster that said who it is. */
export interface Identified extends Found {
  readonly uid: string;
  /** Fingerprints of the CAs that its API server is certified by; undefined where that is not known. */
  readonly cas: () => Promise<readonly string[] | undefined>;
}

const opened = (reach: Reach, { home, env, timeoutMs, ...options }: AskOptions): Promise<OpenedKube> =>
  openKube(reach.kind === "held" ? { held: reach.held } : reach, {
    ...options,
    env,
    home,
    timeoutMs,
    pluginMs: 4 * timeoutMs,
    patience: { atMostMs: timeoutMs },
  });

/** Asks a cluster for the UID of its kube-system; where it does not answer, the error is the cluster's own. */
export async function identified(entry: Entry, options: AskOptions): Promise<Identified | Entry> {
  if (isUnusable(entry)) return entry;
  try {
    const uid = await asked(entry.reach, options, ({ client }) => client.clusterUid());
    if (uid === "")
      throw failure(kinds.kubeGarbage, {
        what: `${entry.called} has no namespace kube-system`,
        fix: "Look at what answers at its address.",
      });
    return { ...entry, uid, cas: () => casOf(entry.reach, options) };
  } catch (error) {
    if (!(error instanceof CliError) || error.kind === kinds.interrupted) throw error;
    const { called, named, labels } = entry;
    return { called, named, labels, error };
  }
}

async function asked<T>(reach: Reach, options: AskOptions, work: (kube: OpenedKube) => Promise<T>): Promise<T> {
  const kube = await opened(reach, options);
  try {
    return await work(kube);
  } finally {
    await kube.wire.close();
  }
}

/**
 * The CA that every pod of the cluster trusts its API server by, whatever proxy is gone through from here.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
 */
async function casOf(reach: Reach, options: AskOptions): Promise<readonly string[] | undefined> {
  try {
    const object = await asked(reach, options, ({ client }) =>
      client.get({ apiVersion: "v1", kind: "ConfigMap", namespace: "kube-system", name: "kube-root-ca.crt" }),
    );
    const pem = (object?.["data"] as Readonly<Record<string, unknown>> | undefined)?.["ca.crt"];
    const found = typeof pem === "string" ? fingerprints(pem) : [];
    return found.length === 0 ? undefined : found;
  } catch (error) {
    if (!(error instanceof CliError) || error.kind === kinds.interrupted) throw error;
    return undefined;
  }
}

const fingerprints = (pem: string): string[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((block) =>
    createHash("sha256").update(derOf(block)).digest("hex"),
  );

function derOf(block: string): Buffer | string {
  try {
    return new X509Certificate(block).raw;
  } catch {
    return block;
  }
}
