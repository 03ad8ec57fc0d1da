import type { Settings } from "../config/fields.ts";
import { parseHolder, splitSecretName, type HolderSpec } from "../config/key-places.ts";
import { milliseconds } from "../core/duration.ts";
import { failure, kinds } from "../errors.ts";
import type { KubeWriter } from "../systems/world.ts";
import { ageSealing, type Sealing } from "./age.ts";
import { commandSink } from "./command-sink.ts";
import { fileSink } from "./file-sink.ts";
import { kubernetesSink } from "./kubernetes-sink.ts";
import { beside } from "./place.ts";
import { shareDocument } from "./documents.ts";
import { rescueSinks } from "./rescue.ts";
import type { Sink } from "./sink.ts";
import { stdoutSink } from "./stdout-sink.ts";

/** Where the keys of one Vault go and come from. */
export interface Sinks {
  /** Each gets all that is no holder's. */
  readonly main: readonly Sink[];
  /** Only looked at: the default file, where other sinks are named, and the files of the last resort. */
  readonly others: readonly Sink[];
  /** Where keys go that no other place takes. */
  readonly rescue: readonly Sink[];
  /** Each gets one share. */
  readonly holders: readonly { readonly name: string; readonly sink: Sink }[];
  /** For what must stand in a file for a moment. */
  readonly sealing: Sealing;
}

export interface SinkWorld {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
  /** The cluster for --keys-kubernetes-secret; undefined where Vault is only an address. */
  readonly kube: KubeWriter | undefined;
  readonly print: (text: string) => Promise<void>;
}

/**
 * The sinks that the settings name. The file is one of them where it is named, where documents are to be encrypted with age, and where
 * nothing else is named.
 * @param file The key file, named or by default.
 */
export function chooseSinks(file: string, world: SinkWorld): Sinks {
  const { settings } = world;
  const sealing = ageSealing(settings.keysAgeRecipients, settings.keysAgeIdentity);
  const keyFile = fileSink(file, sealing);
  const rescue = rescueSinks(settings.cluster ?? "vault", world.env, world.home, sealing);
  const holders = settings.keysHolders.map(parseHolder);
  // A reader alone may be there for what the holders' commands keep.
  const readsHolders = settings.keysCommand === undefined && holders.some(({ place }) => place.kind === "command");
  const elsewhere = [
    ...(readsHolders ? [] : commands(world)),
    ...secrets(world),
    ...(settings.keysStdout ? [stdoutSink(world.print)] : []),
  ];
  const keepsFile = settings.initFile !== undefined || settings.keysAgeRecipients.length > 0 || elsewhere.length === 0;
  return {
    main: keepsFile ? [keyFile, ...elsewhere] : elsewhere,
    others: [...(keepsFile ? [] : [keyFile]), ...(readsHolders ? commands(world) : []), ...rescue],
    rescue,
    holders: holders.map((holder) => ({ name: holder.name, sink: sinkOf(holder, file, world) })),
    sealing,
  };
}

function commands(world: SinkWorld): Sink[] {
  const { keysCommand, keysReadCommand } = world.settings;
  if (keysCommand === undefined && keysReadCommand === undefined) return [];
  return [
    command(world, {
      title: keysCommand === undefined ? "the command of --keys-read-command" : "the command of --keys-command",
      write: keysCommand,
    }),
  ];
}

function command(
  { settings, env, cwd }: SinkWorld,
  { title, write, holder }: { title: string; write: string | undefined; holder?: string },
): Sink {
  const variables = { VAULT_K8S_CLUSTER: settings.cluster ?? "", ...(holder === undefined ? {} : { VAULT_K8S_HOLDER: holder }) };
  return commandSink({
    title,
    write,
    read: settings.keysReadCommand,
    env,
    cwd,
    variables,
    timeoutMs: milliseconds(settings.keysCommandTimeout),
  });
}

function secrets({ settings, kube }: SinkWorld): Sink[] {
  const secret = splitSecretName(settings.keysKubernetesSecret ?? "");
  return secret === undefined ? [] : [kubernetes(kube, secret)];
}

function kubernetes(kube: KubeWriter | undefined, { namespace, name }: { namespace: string; name: string }): Sink {
  if (kube !== undefined) return kubernetesSink(kube, namespace, name);
  throw failure(kinds.usage, {
    what: `No cluster is known in which Secret ${namespace}/${name} could be`,
    why: "Vault is only an address.",
    fix: "Keep the keys elsewhere, or name Vault's cluster with --vault-context.",
  });
}

function sinkOf({ name, place }: HolderSpec, file: string, world: SinkWorld): Sink {
  if (place.kind === "command") return command(world, { title: `the command of ${name}`, write: place.command, holder: name });
  if (place.kind === "kubernetes") return kubernetes(world.kube, place);
  const { keysAgeIdentity } = world.settings;
  if (place.kind === "file") return fileSink(place.file, ageSealing([], keysAgeIdentity), shareDocument(name));
  return fileSink(beside(file, shareDocument(name)), ageSealing([place.recipient], keysAgeIdentity), shareDocument(name));
}
