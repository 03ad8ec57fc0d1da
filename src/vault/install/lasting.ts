import { at, list, text } from "../../core/values.ts";
import type { Control } from "./misfit.ts";
import { vaultContainer } from "../../systems/vault-pods.ts";

/** What Vault holds has to outlive its pods. Where raft keeps it: https://developer.hashicorp.com/vault/docs/configuration/storage/raft#path */
export const lasting: Control = ({ config = "", set }) => {
  const folder = /\bstorage["\s:={]*raft\b[^}]*?\bpath"?\s*[:=]\s*"([^"]+)"/.exec(config)?.[1] ?? "/vault/data";
  const pod = at(set["spec"], "template", "spec");
  const mounts = list(at(vaultContainer((pod ?? {}) as Parameters<typeof vaultContainer>[0]), "volumeMounts"));
  const name = at(
    mounts.find((one) => isBelow(folder, text(at(one, "mountPath")))),
    "name",
  );
  const claimed = list(at(set["spec"], "volumeClaimTemplates")).map((one) => at(one, "metadata", "name"));
  const volume = list(at(pod, "volumes")).find((one) => name !== undefined && at(one, "name") === name);
  if (claimed.includes(name ?? "data") || (volume !== undefined && at(volume, "emptyDir") === undefined)) return [];
  return [
    {
      why: `What Vault holds (${folder}) is on no volume that outlives its pod: a pod that starts anew has lost it, and with all pods every secret is lost.`,
      fix: "Take server.dataStorage.enabled out of the values.",
    },
  ];
};

const isBelow = (folder: string, mountPath: string | undefined): boolean =>
  mountPath !== undefined && `${folder}/`.startsWith(`${mountPath.replace(/\/$/, "")}/`);
