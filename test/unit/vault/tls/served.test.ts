import { beforeEach, expect, test } from "vitest";
import { same } from "../../../../src/core/resource.ts";
import { failure, kinds } from "../../../../src/errors.ts";
import { secretData } from "../../../../src/systems/secret-data.ts";
import type { KubeObject, ObjectRef, Writers } from "../../../../src/systems/world.ts";
import { servedCertificate } from "../../../../src/vault/tls/served.ts";
import { Authority } from "../../../fakes/tls/certificates.ts";

const authority = new Authority("vault");
const [old, renewed] = [authority.issue(["vault-0"]).cert, authority.issue(["vault-0"]).cert];
let shown: string;
let containers: readonly string[];

beforeEach(() => ([shown, containers] = [old, ["vault"]]));

const set = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "vault", uid: "set" }, spec: { replicas: 1 } };
const pod = (): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "vault-0",
    namespace: "vault",
    ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "vault", uid: "set", controller: true }],
  },
  spec: { containers: containers.map((name) => ({ name })) },
});

/** As an API server runs a command: in a container of a pod that has several only where it is named; Vault alone takes a SIGHUP. */
function exec({ container }: { readonly container?: string }): Promise<string> {
  const named = container ?? (containers.length === 1 ? containers[0] : undefined);
  if (named === undefined) throw failure(kinds.kubeFailed, { what: "a container name must be specified for pod vault-0" });
  if (named === "vault" || named === "openbao") shown = renewed;
  return Promise.resolve("");
}

const world = (): Writers =>
  ({
    kube: {
      context: "prod",
      get: ({ kind }: ObjectRef) => Promise.resolve(kind === "Secret" ? { data: secretData({ "tls.crt": renewed }) } : undefined),
      list: ({ kind }: { kind: string }) => Promise.resolve(kind === "Pod" ? [pod()] : [set]),
      patch: () => Promise.resolve(pod()),
      exec,
    },
    nodes: {
      nodes: () => Promise.resolve([{ name: "vault-0", phase: "Running", peerAddress: "https://vault-0.vault-internal:8200" }]),
      certificate: () => Promise.resolve({ pem: shown }),
    },
  }) as unknown as Writers;

test.each([["vault"], ["shipper", "vault"], ["vault", "istio-proxy"], ["linkerd-proxy", "openbao"]])(
  "a pod with the containers %s %s loads its new certificate: the command names Vault's",
  async (...all) => {
    containers = all.filter((name) => name !== undefined);
    const certificate = { id: "made", diff: () => Promise.resolve(same()), apply: () => Promise.resolve() };
    const refuses = () => Promise.resolve(undefined);
    const resource = servedCertificate({ namespace: "vault", release: "vault", secret: "vault-tls", withinMs: 600, certificate, refuses });
    await resource.apply(world(), () => undefined);
    expect(shown).toBe(renewed);
    expect(await resource.diff(world())).toMatchObject({ kind: "same" });
  },
);
