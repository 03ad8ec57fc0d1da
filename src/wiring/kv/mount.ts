import { CliError, NotYet } from "../../core/errors.ts";
import { conflict, same, type Change, type Diff, type LeftAlone } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import type { Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { engineMark, isMounted, mountInTheWay, mounts, type Mount } from "../mounts.ts";
import { kinds } from "../../errors.ts";
import { onPath } from "../../systems/need.ts";

/**
 * The KV version 2 engine. It is shared by clusters, so one that exists is used as it is; a version 1 engine is never
 * upgraded, since that cannot be undone.
 */
export function kvMount(path: string): AppResource {
  return {
    id: `vault ${path}/`,
    diff: async (read) => diffKv(await mounts(read, "sys/mounts"), path),
    preview: (_read, found) => Promise.resolve(found instanceof NotYet ? newEngine : found.changes),
    needs: () => [onPath("sys/mounts", "read"), onPath(`sys/mounts/${path}`, "update"), onPath(`${path}/config`, "read")],
    apply: async (write: Writers) => {
      const leftAlone = await write.vault.post(`sys/mounts/${path}`, { type: "kv", options: { version: "2" }, description }).then(
        () => undefined,
        (error: unknown) => enabledMeanwhile(write, path, error),
      );
      // A new mount answers "Upgrading from non-versioned…" for a moment; the client asks again until it serves.
      await write.vault.get(`${path}/config`);
      return leftAlone;
    },
    content: () =>
      Promise.resolve({
        kind: "write",
        file: "kv-mount.json",
        path: `sys/mounts/${path}`,
        body: { type: "kv", options: { version: "2" }, description },
        unless: isMounted("sys/mounts", path),
      }),
    // One that another cluster's run has enabled meanwhile is used as it is.
    command: () => ({
      lines: `${isMounted("sys/mounts", path)} || vault secrets enable -path=${word(path)} -version=2 -description=${word(description)} kv\nwithin 60 vault read ${word(`${path}/config`)} > /dev/null`,
      needs: ["vault", "within"],
    }),
  };
}

/** Runs over other clusters enable the same engine: one that came between look and write is used as it is. Else `error` is thrown. */
async function enabledMeanwhile(write: Writers, path: string, error: unknown): Promise<LeftAlone> {
  if (!(error instanceof CliError) || error.kind !== kinds.vaultRejected) throw error;
  if (diffKv(await mounts(write.anew, "sys/mounts"), path).kind !== "same") throw error;
  return { note: "another run has enabled it meanwhile" };
}

const description = engineMark;
const newEngine: readonly Change[] = [
  { field: "type", after: "kv" },
  { field: "options.version", after: "2" },
];

function diffKv(all: readonly Mount[], path: string): Diff {
  const found = all.find((mount) => mount.path === path);
  if (found !== undefined)
    return isKv2(found)
      ? same()
      : conflict(`${path}/ is ${describeEngine(found)}, not KV version 2`, "Choose another mount with --kv-mount.");
  const blocking = mountInTheWay(all, path);
  if (blocking !== undefined)
    return conflict(`${path}/ cannot be mounted: ${blocking.path}/ is in its way`, "Choose another mount with --kv-mount.");
  return { kind: "create", changes: newEngine };
}

const isKv2 = (mount: Mount): boolean => mount.type === "kv" && mount.options?.version === "2";
const describeEngine = (mount: Mount): string => (mount.type === "kv" ? "KV version 1" : `a ${mount.type} engine`);
