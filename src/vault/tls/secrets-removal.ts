import type { InstallSpec } from "../../config/spec/install.ts";
import { firstSeen } from "../../core/first-seen.ts";
import { gone, stays } from "../../core/removal.ts";
import { holdsKeys } from "../../kubernetes/custody-secret.ts";
import { deleteCommand, deleteObject, found } from "../../kubernetes/gone.ts";
import { isObject, objectId, refOf } from "../../kubernetes/object-ref.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { KubeObject, ObjectRef, Readers } from "../../systems/world.ts";
import { vaultFullname } from "../charts.ts";
import { authorityRef } from "./authority.ts";
import { certificateRef } from "./issued-certificate.ts";
import { ownCertificateRef } from "./own-certificate.ts";

type Place = Pick<InstallSpec, "namespace" | "release" | "chart">;

/**
 * Takes away what any kind of certificate of this release has left, whichever the settings name now: the certificate, its authority, and
 * what has cert-manager make it. Never what holds unseal keys, which a person may have put there.
 */
export function tlsRemoval(place: Place, { vaultStays, withinMs }: RemovalPolicy): AppRemoval {
  const ours = firstSeen(
    async (read: Readers): Promise<KubeObject[]> => {
      const objects = await Promise.all(refsOf(place).map((ref) => found(read, ref)));
      return objects.filter((object) => object !== undefined && isOurs(object) && !holdsKeys(object)) as KubeObject[];
    },
    (object) => objectId(refOf(object)),
  );
  return {
    id: `kubernetes Secrets of ours in ${place.namespace}`,
    takes: (object) => isOurs(object) && !holdsKeys(object) && refsOf(place).some((ref) => isObject(object, ref)) && ours.has(object),
    look: async (read) => {
      const all = await ours.list(read);
      if (all.length === 0) return gone();
      const reason = await vaultStays(read);
      return reason === undefined
        ? { kind: "there", changes: all.map(({ kind, metadata }) => ({ field: metadata.name, before: kind })) }
        : stays(reason);
    },
    remove: async (write) => {
      for (const object of await ours.list(write)) await deleteObject(write, object, withinMs);
    },
    command: async (read) => ({
      lines: (await ours.list(read)).map((object) => deleteCommand(read.kube.context, refOf(object)).lines).join("\n"),
    }),
  };
}

/** A Certificate before its Secret, which it would make again. */
function refsOf(place: Place): ObjectRef[] {
  const { namespace } = place;
  const fullname = vaultFullname(place);
  const secret = `${fullname}-tls`;
  return [certificateRef({ namespace, secret }), ownCertificateRef({ namespace, secret }), authorityRef({ namespace, fullname })];
}
