import { asText } from "../../fakes/wire/json.ts";
import type { Have, Probe, ProbeRequest } from "../same-as-real.ts";
import { get, keepField, kube, post } from "./words.ts";

const leases = "/apis/coordination.k8s.io/v1/namespaces/probe/leases";
const lease = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "probe", ...metadata },
  spec: { holderIdentity: "one", leaseDurationSeconds: 60, renewTime: "2026-01-01T00:00:00.000000Z", ...spec },
});
const put = (body: unknown): ProbeRequest => ({ method: "PUT", path: `${leases}/probe`, body });
const seen = (have: Have) => ({ uid: have["leaseUid"] ?? "", resourceVersion: have["leaseVersion"] ?? "" });
const keepVersion: NonNullable<Probe["keep"]> = (body, have) => {
  keepField("leaseUid", "metadata", "uid")(body, have);
  keepField("leaseVersion", "metadata", "resourceVersion")(body, have);
};
const keepFirst: NonNullable<Probe["keep"]> = (body, have) => {
  keepVersion(body, have);
  have["leaseFirst"] = asText(have["leaseVersion"]);
};
const removing = (preconditions: object): ProbeRequest => ({
  method: "DELETE",
  path: `${leases}/probe`,
  body: { apiVersion: "v1", kind: "DeleteOptions", preconditions },
});
const conflict = { is: { kind: "Status", reason: "Conflict", code: 409 } } as const;

/** A Lease as a lock: what was made, changed or taken away by somebody else meanwhile is a conflict. */
export const kubeLeases: readonly Probe[] = [
  kube("a lease whose time has three digits", post(leases, lease({ renewTime: "2026-01-01T00:00:00.000Z" })), 400, {
    is: { reason: "BadRequest" },
  }),
  kube("a lease that lasts no time", post(leases, lease({ leaseDurationSeconds: 0 })), 422, { is: { reason: "Invalid" } }),
  kube("making a lease", post(leases, lease()), 201, { has: { "metadata.resourceVersion": "text" }, keep: keepFirst }),
  kube("making it again", post(leases, lease()), 409, { is: { reason: "AlreadyExists" } }),
  kube("a lease that is replaced without its version", put(lease({ holderIdentity: "two" })), 422, { is: { reason: "Invalid" } }),
  kube("a lease that is replaced as it was read", (have) => put(lease({ holderIdentity: "two" }, seen(have))), 200, {
    is: { "spec.holderIdentity": "two" },
    keep: keepVersion,
  }),
  kube(
    "a lease that is replaced as it was before",
    (have) => put(lease({ holderIdentity: "three" }, { uid: have["leaseUid"] ?? "", resourceVersion: have["leaseFirst"] ?? "" })),
    409,
    conflict,
  ),
  kube(
    "a lease that is patched as it was before",
    (have) => ({
      method: "PATCH",
      path: `${leases}/probe`,
      body: { metadata: { resourceVersion: have["leaseFirst"] ?? "" }, spec: { holderIdentity: "three" } },
      type: "application/merge-patch+json",
    }),
    409,
    conflict,
  ),
  kube("a lease of another version taken away", (have) => removing({ resourceVersion: have["leaseFirst"] ?? "" }), 409, conflict),
  kube("a lease of another UID taken away", () => removing({ uid: "00000000-0000-4000-8000-000000000000" }), 409, conflict),
  kube("a lease that nobody changed", get(`${leases}/probe`), 200, { is: { "spec.holderIdentity": "two" } }),
  kube("a lease taken away as it was read", (have) => removing(seen(have)), 200),
  kube("a lease that is replaced and is gone", (have) => put(lease({}, seen(have))), 409, conflict),
];
