import { conflict, same, type Diff } from "../../core/resource.ts";
import { withInput, word } from "../../core/shell.ts";
import type { ObjectRef, Readers } from "../../systems/world.ts";
import type { KindVersion, Ref } from "../../systems/removal.ts";
import type { AppResource } from "../../systems/step.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { mounts } from "../../wiring/mounts.ts";
import { isOurs, mark, owner, ownerLabel, ownershipOf } from "../../kubernetes/ownership.ts";
import { found } from "../../kubernetes/gone.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

const absent = same("not there; bootstrap makes it");
const others = (what: string): Diff =>
  conflict(`${what} belongs to another cluster`, "Give this cluster names of its own: --auth-mount, --policy-name, or another --cluster.");

/** Puts our mark on what stands at a name of ours; nothing else of it is changed. */
export function adopted(ref: Ref): AppResource {
  if (ref.is === "object") return adoptedObject(ref.object, ref.version);
  if (ref.is === "release") return adoptedRelease(ref.namespace, ref.name);
  return ref.is === "policy" ? adoptedPolicy(ref.name) : adoptedMount(ref.path);
}

/** The description of a mount that is taken over: our mark, and what stood there before. */
export const markedDescription = (uid: string, before: string): string => `${mark(uid)}${before === "" ? "" : `; before: ${before}`}`;
/** The text of a policy that is taken over: our mark before it. */
export const markedPolicy = (uid: string, before: string): string => `# ${mark(uid)}\n${before}`;

/** Puts our mark on a Kubernetes auth mount that somebody made. Documented at Vault's API docs, /sys/auth "Tune auth method". */
function adoptedMount(path: string): AppResource {
  const marked = async (read: Readers): Promise<{ before: string; after: string }> => {
    const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
    const before = all.find((each) => each.path === path)?.description ?? "";
    return { before, after: markedDescription(uid, before) };
  };
  return {
    id: `vault auth/${path}`,
    diff: async (read) => {
      const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
      const mount = all.find((each) => each.path === path);
      if (mount === undefined) return absent;
      if (mount.type !== "kubernetes")
        return conflict(`auth/${path} is a ${mount.type} method, not kubernetes`, "Choose another path with --auth-mount.");
      const ownership = ownershipOf(mount.description, uid);
      if (ownership === "ours") return same();
      if (ownership === "other-cluster") return others(`auth/${path}`);
      const note = `with its configuration and its roles: ${(await rolesOf(read, path)).join(", ") || "none"}`;
      return {
        kind: "update",
        changes: [{ field: "description", before: mount.description, after: markedDescription(uid, mount.description) }],
        note,
      };
    },
    apply: async (write) => void (await write.vault.post(`sys/mounts/auth/${path}/tune`, { description: (await marked(write)).after })),
    command: async (read) => ({
      lines: `vault auth tune -description=${word((await marked(read)).after)} ${word(`${path}/`)}`,
      needs: ["vault"],
    }),
  };
}

async function rolesOf(read: Readers, path: string): Promise<string[]> {
  const keys = (await read.vault.get(`auth/${path}/role?list=true`))?.data["keys"];
  return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === "string") : [];
}

/** Puts our mark before a policy that somebody wrote; its rules stay. */
function adoptedPolicy(name: string): AppResource {
  const path = `sys/policies/acl/${name}`;
  const text = async (read: Readers): Promise<string> => {
    const [answer, uid] = await Promise.all([read.vault.get(path), read.kube.clusterUid()]);
    return markedPolicy(uid, String(answer?.data["policy"] ?? ""));
  };
  return {
    id: `vault ${path}`,
    diff: async (read) => {
      const [answer, uid] = await Promise.all([read.vault.get(path), read.kube.clusterUid()]);
      const before = answer?.data["policy"];
      if (typeof before !== "string") return absent;
      const ownership = ownershipOf(before.split("\n", 1)[0] ?? "", uid);
      if (ownership === "ours") return same();
      if (ownership === "other-cluster") return others(`Policy ${name}`);
      return { kind: "update", changes: [{ field: "policy", before, after: markedPolicy(uid, before) }] };
    },
    apply: async (write) => void (await write.vault.post(path, { policy: await text(write) })),
    command: async (read) => ({ lines: withInput(`vault policy write ${word(name)} -`, await text(read), "HCL"), needs: ["vault"] }),
  };
}

/** Puts our label on an object that somebody made; one that another tool manages is a conflict. */
function adoptedObject(ref: ObjectRef, apiVersion: KindVersion | undefined): AppResource {
  const labels = { metadata: { labels: { [ownerLabel]: owner } } };
  const refIn = async (read: Readers): Promise<ObjectRef | undefined> => {
    const version = apiVersion === undefined ? ref.apiVersion : await apiVersion(read);
    return version === undefined ? undefined : { ...ref, apiVersion: version };
  };
  const id = objectId(ref);
  return {
    id,
    diff: async (read) => {
      const known = await refIn(read);
      const object = known === undefined ? undefined : await found(read, known);
      if (object === undefined) return absent;
      if (isOurs(object)) return same();
      const manager = object.metadata.labels?.[ownerLabel];
      return manager === undefined
        ? { kind: "update", changes: [{ field: `label ${ownerLabel}`, after: owner }] }
        : conflict(`${id} is managed by ${manager}`, "Take it out of that tool first, or choose another name for it.");
    },
    apply: async (write) => void (await write.kube.patch((await refIn(write)) ?? ref, labels)),
    command: ({ kube }) => ({
      lines: `${kubectlIn(kube.context)}${ref.namespace === undefined ? "" : ` -n ${word(ref.namespace)}`} label ${ref.kind.toLowerCase()} ${word(ref.name)} ${ownerLabel}=${owner}`,
    }),
  };
}

/** Puts our label on a Helm release, which helm keeps in the Secret of its newest revision: later runs then give it our values. */
function adoptedRelease(namespace: string, name: string): AppResource {
  const secret = (revision: number): ObjectRef => ({
    apiVersion: "v1",
    kind: "Secret",
    namespace,
    name: `sh.helm.release.v1.${name}.v${revision}`,
  });
  return {
    id: `helm ${namespace}/${name}`,
    diff: async (read) => {
      const release = await read.helm.release(namespace, name);
      if (release === undefined) return absent;
      if (release.labels[ownerLabel] === owner) return same();
      return {
        kind: "update",
        changes: [{ field: `label ${ownerLabel}`, after: owner }],
        note: `${release.chart}; the next bootstrap gives it our values`,
      };
    },
    apply: async (write) => {
      const release = await write.helm.release(namespace, name);
      if (release !== undefined) await write.kube.patch(secret(release.revision), { metadata: { labels: { [ownerLabel]: owner } } });
    },
    command: async (read) => {
      const release = await read.helm.release(namespace, name);
      const { kind, name: record } = secret(release?.revision ?? 1);
      return {
        lines: `${kubectlIn(read.kube.context)} -n ${word(namespace)} label ${kind.toLowerCase()} ${record} ${ownerLabel}=${owner}`,
      };
    },
  };
}
