import type { X509Certificate } from "node:crypto";
import { CliError } from "../../core/errors.ts";
import { fact, isKnown } from "../../core/fact.ts";
import { same, unlessRefused, type Change, type Command, type Diff, type Refusal, type Say, type Scripted } from "../../core/resource.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import type { ObjectRef, Readers, VaultNode, Writers } from "../../systems/world.ts";
import { onObject, onSubresource } from "../../systems/need.ts";
import type { AppResource } from "../../systems/step.ts";
import { expiry, readCertificate } from "./certificate.ts";
import { plainCommand, reloadCommand } from "./commands.ts";
import { replaceByHand } from "../nodes/replacement.ts";
import { namesIn } from "./names.ts";
import { isPlain, needsToReplace, plainPods, replacePlain, sharesToUnseal } from "./plain-pods.ts";
import { secretText } from "../../systems/secret-data.ts";
import { vaultContainer } from "../../systems/vault-pods.ts";
import { vaultPods } from "../pods.ts";

/** What makes the server's certificate. */
export interface ServerCertificate extends AppResource {
  /** What makes it anew in a shell, where it lacks a name that the installation brought. */
  cover?(read: Readers, seconds: number): Promise<Command>;
}

export interface ServedSettings {
  readonly namespace: string;
  readonly release: string;
  /** The Secret that the pods mount. */
  readonly secret: string;
  /** Whether what is in the Secret is still right, for names that came only with the installation, such as a load balancer's address. */
  readonly certificate: ServerCertificate;
  readonly withinMs: number;
  /** Why another certificate is not served: the names of what is served now, and what would be served. */
  readonly refuses: (read: Readers, served: readonly string[], wanted: X509Certificate) => Promise<Refusal | undefined>;
}

/** Says on a pod which certificate its mounted Secret holds: a change to a pod makes its kubelet look at its volumes at once. */
const annotation = "vault-k8s.io/tls";

/**
 * Only the servers, not their parents, nor a `vault status` of the readiness probe; with what every image has, also one without procps. What a
 * SIGHUP does is documented at https://developer.hashicorp.com/vault/docs/configuration/listener/tcp
 */
const servers = "tr '\\0' ' ' < $each/cmdline 2> /dev/null | grep -qE '^([^ ]*/)?(vault|bao) server( |$)'";
const reload = ["/bin/sh", "-c", `for each in /proc/[0-9]*; do if ${servers}; then kill -HUP \${each#/proc/}; fi; done`];

/**
 * Every Vault pod serves the certificate of the Secret. A new one is taken over by a signal, without a restart and so without a seal; pods that
 * spoke http until now are replaced.
 */
export function servedCertificate(settings: ServedSettings): AppResource & Scripted<Readers> {
  const seconds = Math.ceil(settings.withinMs / 1000);
  const command = async (read: Readers): Promise<Command> => {
    const cover = await settings.certificate.cover?.(read, seconds);
    const place = { context: read.kube.context, namespace: settings.namespace, secret: settings.secret };
    const plain = (await plainPods(read)).length > 0 ? plainCommand(place) : undefined;
    const parts = [cover, plain, reloadCommand({ ...place, annotation, reload }, seconds)].filter((part) => part !== undefined);
    return { lines: parts.map(({ lines }) => lines).join("\n\n"), needs: parts.flatMap(({ needs = [] }) => needs) };
  };
  return {
    id: "vault listener certificate",
    diff: (read) => diffServed(read, settings),
    apply: (write, say) => applyServed(write, settings, say),
    needs: async (read) => [
      ...((await settings.certificate.needs?.(read)) ?? []),
      ...onObject({ apiVersion: "v1", kind: "Secret", namespace: settings.namespace, name: settings.secret }, ["get"]),
      // A change to a pod only makes its kubelet look sooner; a command over a WebSocket is a `get`, and from Kubernetes 1.35 on a `create` besides.
      ...onObject({ apiVersion: "v1", kind: "Pod", namespace: settings.namespace }, ["list"]),
      ...onSubresource({ apiVersion: "v1", kind: "Pod", namespace: settings.namespace }, "exec", ["get", "create"]),
      ...(await needsToReplace(read, settings.namespace)),
    ],
    content: async (read) => ({ kind: "shell", when: "after", command: await command(read) }),
    command,
  };
}

async function diffServed(read: Readers, settings: ServedSettings): Promise<Diff> {
  const nodes = (await read.nodes.nodes()).filter(({ phase }) => phase === "Running");
  if (nodes.length === 0)
    throw notYet(kinds.vaultNotInstalled, {
      what: "No Vault pod runs that could serve the certificate",
      fix: "vault-k8s install makes them.",
    });
  const own = await settings.certificate.diff(read);
  if (own.kind === "conflict") return own;
  const [wanted, served] = await Promise.all([wantedCertificate(read, settings), Promise.all(nodes.map((node) => servedBy(read, node)))]);
  const byUs = served.some(({ kind }) => kind === "plain") && (await mayUnseal(read, settings.namespace));
  const changes: Change[] = [
    ...(own.kind === "same" ? [] : own.changes),
    ...nodes.flatMap(({ name }, index) => {
      const found = served[index];
      if (found === undefined || found.kind === "silent") return [];
      const after = wanted === undefined ? "a new one" : `one that ${expiry(wanted)}`;
      if (found.kind === "plain")
        return [
          {
            field: name,
            before: "speaks http",
            after: `serves ${after}: its pod is ${byUs ? "replaced and unsealed" : "for you to replace, since it cannot be unsealed from here"}`,
          },
        ];
      return found.fingerprint === wanted?.fingerprint256 ? [] : [{ field: name, before: `serves one that ${found.expiry}`, after }];
    }),
  ];
  if (changes.length === 0) return same();
  const names = [...new Set(served.flatMap((found) => (found.kind === "certificate" ? found.names : [])))];
  return unlessRefused({ kind: "update", changes }, wanted === undefined ? undefined : await settings.refuses(read, names, wanted));
}

/** Whether pods that are replaced can be unsealed from here. */
const mayUnseal = async (read: Readers, namespace: string): Promise<boolean> => isKnown(await fact(() => sharesToUnseal(read, namespace)));

async function applyServed(write: Writers, settings: ServedSettings, say: Say): Promise<void> {
  const own = await settings.certificate.diff(write);
  if (own.kind === "create" || own.kind === "update") await settings.certificate.apply(write, say);
  const wanted = await wantedCertificate(write, settings);
  if (wanted === undefined)
    throw failure(kinds.tlsSecret, {
      what: `Secret ${settings.namespace}/${settings.secret} holds no certificate`,
      fix: "vault-k8s tls makes it.",
    });
  await replacePlain({ write, withinMs: settings.withinMs, say }, settings);
  const nodes = (await write.nodes.nodes()).filter(({ phase }) => phase === "Running");
  const old = await nodesWithAnother(write, nodes, wanted.fingerprint256);
  for (const node of old) await nudge(write, settings, node, wanted.fingerprint256);
  for (const node of old) await reloaded(write, settings, node, wanted.fingerprint256, say);
}

async function nodesWithAnother(read: Readers, nodes: readonly VaultNode[], wanted: string): Promise<VaultNode[]> {
  const served = await Promise.all(nodes.map((node) => servedBy(read, node)));
  return nodes.filter((_, index) => served[index]?.kind === "certificate" && served[index].fingerprint !== wanted);
}

const podRef = (namespace: string, name: string): ObjectRef => ({ apiVersion: "v1", kind: "Pod", namespace, name });

/** Without the right to do it, the kubelet looks by itself within about a minute. */
async function nudge(write: Writers, { namespace }: ServedSettings, { name }: VaultNode, fingerprint: string): Promise<void> {
  await write.kube
    .patch(podRef(namespace, name), { metadata: { annotations: { [annotation]: fingerprint.replaceAll(":", "").slice(0, 40) } } })
    .catch((error: unknown) => {
      if (!(error instanceof CliError) || error.kind !== kinds.kubeForbidden) throw error;
    });
}

async function reloaded(write: Writers, settings: ServedSettings, node: VaultNode, wanted: string, say: Say): Promise<void> {
  const { namespace, withinMs } = settings;
  say(`${node.name} loads its new certificate`);
  const container = await containerOf(write, settings, node);
  const ask = async () => {
    await write.kube.exec({ namespace, pod: node.name, container }, reload);
    return servedBy(write, node);
  };
  const last = await untilSettled(ask, (served) => served.kind === "certificate" && served.fingerprint === wanted, {
    withinMs,
    everyMs: 2_000,
  });
  if (last.kind === "certificate" && last.fingerprint === wanted) return;
  throw failure(kinds.tlsNotServed, {
    what: `${node.name} goes on serving its old certificate`,
    why: "It was told to reload (SIGHUP), but its mounted Secret may not have changed yet.",
    fix: `Run the same command again; or replace one pod at a time: ${replaceByHand(write, node.name, namespace)}`,
  });
}

/** A pod may have more containers than Vault's, and the API server runs nothing in one that is not named. */
async function containerOf({ kube }: Readers, settings: ServedSettings, { name }: VaultNode): Promise<string> {
  const pod = (await vaultPods(kube, settings)).find(({ metadata }) => metadata.name === name);
  return vaultContainer((pod?.["spec"] ?? {}) as Parameters<typeof vaultContainer>[0])?.name ?? "vault";
}

type Served =
  | { readonly kind: "certificate"; readonly fingerprint: string; readonly expiry: string; readonly names: readonly string[] }
  | { readonly kind: "plain" }
  | { readonly kind: "silent" };

/** What a node serves now. One that does not answer will start with what the Secret holds. */
async function servedBy(read: Readers, node: VaultNode): Promise<Served> {
  const certificate = readCertificate((await read.nodes.certificate(node))?.pem);
  if (certificate !== undefined)
    return { kind: "certificate", fingerprint: certificate.fingerprint256, expiry: expiry(certificate), names: namesIn(certificate) };
  return { kind: isPlain(node) ? "plain" : "silent" };
}

const wantedCertificate = async (read: Readers, { namespace, secret }: ServedSettings) =>
  readCertificate(secretText(await read.kube.get({ apiVersion: "v1", kind: "Secret", namespace, name: secret }), "tls.crt"));
