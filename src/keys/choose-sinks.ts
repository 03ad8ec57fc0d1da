import type { HolderSpec } from "../config/key-locations.ts";
import type { KeysSpec } from "../config/spec/keys.ts";
import { failure, kinds } from "../errors.ts";
import type { KubeWriter } from "../systems/world.ts";
import { ageSealing, type Sealing } from "./age.ts";
import { commandSink } from "./command-sink.ts";
import { fileSink } from "./file-sink.ts";
import { kubernetesSink } from "./kubernetes-sink.ts";
import { existingShare } from "./former.ts";
import { beside, keyFiles } from "./place.ts";
import { shareDocument } from "./documents.ts";
import { rescueSinks } from "./rescue.ts";
import type { Sink } from "./sink.ts";
import { stdoutSink, type Print } from "./stdout-sink.ts";

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
  readonly cluster: string | undefined;
  readonly keys: KeysSpec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
  /** The cluster for --keys-kubernetes-secret; undefined where Vault is only an address. */
  readonly kube: KubeWriter | undefined;
  readonly print: Print;
}

/**
 * The sinks that the spec names. The file is one of them where it is named, where documents are to be encrypted with age, and where
 * nothing else is named.
 * @param file The key file, named or by default.
 */
export function chooseSinks(file: string, world: SinkWorld): Sinks {
  const { keys } = world;
  const sealing = ageSealing(keys.age.recipients, keys.age.identity);
  const keyFile = fileSink(file, sealing);
  const rescue = rescueSinks(world.cluster ?? "vault", world.env, world.home, sealing);
  // A reader alone may be there for what the holders' commands keep.
  const readsHolders = keys.command === undefined && keys.holders.some(({ location }) => location.kind === "command");
  const elsewhere = [...(readsHolders ? [] : commands(world)), ...secrets(world), ...(keys.stdout ? [stdoutSink(world.print)] : [])];
  const keepsFile = keys.file !== undefined || keys.age.recipients.length > 0 || elsewhere.length === 0;
  return {
    main: keepsFile ? [keyFile, ...elsewhere] : elsewhere,
    others: [...(keepsFile ? [] : [keyFile]), ...(readsHolders ? commands(world) : []), ...rescue],
    rescue,
    holders: keys.holders.map((holder) => ({ name: holder.name, sink: sinkOf(holder, file, world) })),
    sealing,
  };
}

function commands(world: SinkWorld): Sink[] {
  const { command: write, readCommand } = world.keys;
  if (write === undefined && readCommand === undefined) return [];
  return [
    command(world, {
      title: write === undefined ? "the command of --keys-read-command" : "the command of --keys-command",
      write,
    }),
  ];
}

function command(
  { cluster, keys, env, cwd }: SinkWorld,
  { title, write, holder }: { title: string; write: string | undefined; holder?: string },
): Sink {
  const variables = { VAULT_K8S_CLUSTER: cluster ?? "", ...(holder === undefined ? {} : { VAULT_K8S_HOLDER: holder }) };
  return commandSink({
    title,
    write,
    read: keys.readCommand,
    env,
    cwd,
    variables,
    timeoutMs: keys.commandTimeoutMs,
  });
}

function secrets({ keys: { kubernetesSecret }, kube }: SinkWorld): Sink[] {
  return kubernetesSecret === undefined ? [] : [kubernetes(kube, kubernetesSecret)];
}

function kubernetes(kube: KubeWriter | undefined, { namespace, name }: { namespace: string; name: string }): Sink {
  if (kube !== undefined) return kubernetesSink(kube, namespace, name);
  throw failure(kinds.usage, {
    what: `No cluster is known in which Secret ${namespace}/${name} could be`,
    why: "Vault is only an address.",
    fix: "Keep the keys elsewhere, or name Vault's cluster with --vault-context.",
  });
}

function sinkOf({ name, location }: HolderSpec, file: string, world: SinkWorld): Sink {
  if (location.kind === "command") return command(world, { title: `the command of ${name}`, write: location.command, holder: name });
  if (location.kind === "kubernetes") return kubernetes(world.kube, location);
  const { identity } = world.keys.age;
  if (location.kind === "file") return fileSink(location.file, ageSealing([], identity), { main: shareDocument(name) });
  const share = beside(file, shareDocument(name));
  const existing = (document: string): Promise<string> =>
    document === shareDocument(name) ? existingShare(keyFiles(file), document, share) : Promise.resolve(beside(share, document));
  return fileSink(share, ageSealing([location.recipient], identity), { main: shareDocument(name), existing });
}
