import { expect, test } from "vitest";
import { untilUp } from "../../../src/kubernetes/until-up.ts";
import type { Standstill } from "../../../src/systems/standstill/pod.ts";
import { waitForOperator } from "../../../src/consumers/operator-ready.ts";
import { CliError } from "../../../src/core/errors.ts";
import type { KubeObject, Readers } from "../../../src/systems/world.ts";
import { waitForPods } from "../../../src/vault/pods.ts";
import { eventOf, lists, object, owned } from "../standing.ts";

const nothing = (): undefined => undefined;

async function wait(reasons: readonly Standstill[], withinMs: number) {
  const said: string[] = [];
  const coming = { look: () => Promise.resolve(0), isUp: () => false, line: () => "0 of 1", why: () => Promise.resolve(reasons) };
  const began = Date.now();
  const came = await untilUp(lists(), coming, { withinMs, say: (words) => void said.push(words), standsMs: 0 });
  return { said, came, took: Date.now() - began };
}

test("what waiting does not mend ends the wait, and is said", async () => {
  const reason = { about: "Pod ns/a", words: "InvalidImageName", final: true };
  const { said, came, took } = await wait([reason], 60_000);
  expect([said, came.why]).toEqual([["0 of 1", "Pod ns/a: InvalidImageName"], [reason]]);
  expect(took).toBeLessThan(5_000);
});

test("what may pass is said at once, once, and waited for", async () => {
  const { said, came } = await wait([{ about: "Pod ns/a", words: "Insufficient cpu", final: false }], 600);
  expect(said).toEqual(["0 of 1", "Pod ns/a: Insufficient cpu"]);
  expect(came.up).toBe(false);
});

const errorOf = async (work: Promise<unknown>): Promise<CliError> => {
  const error = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CliError);
  return error as CliError;
};
const read = (...objects: readonly KubeObject[]): Readers => ({ kube: lists(...objects) }) as unknown as Readers;

test("Vault's pods that are not made say why", async () => {
  const set = object("apps/v1", "StatefulSet", "vault", { spec: { replicas: 3 } });
  const message =
    'create Pod vault-0 in StatefulSet vault failed error: pods "vault-0" is forbidden: violates PodSecurity "restricted:latest"';
  const world = read(set, eventOf(set, "FailedCreate", message));
  const error = await errorOf(waitForPods(world, { namespace: "ns", release: "vault", replicas: 3 }, 100, nothing));
  expect([error.kind.code, error.message, error.why]).toEqual(["VK1110", "0 of 3 Vault pods exist in namespace ns", message]);
  expect(error.fix).toContain("pod-security.kubernetes.io/enforce");
});

test("an operator whose container is not made says why, and not only which deployment is late", async () => {
  const deployment = object("apps/v1", "Deployment", "external-secrets", { spec: { replicas: 1 }, status: {} });
  const set = owned(deployment, object("apps/v1", "ReplicaSet", "external-secrets-1", { spec: { replicas: 1 }, status: { replicas: 1 } }));
  const state = { waiting: { reason: "CreateContainerConfigError", message: 'secret "pull" not found' } };
  const pod = owned(set, object("v1", "Pod", "external-secrets-1-a", { status: { containerStatuses: [{ name: "eso", state }] } }));
  const error = await errorOf(waitForOperator(read(deployment, set, pod), { namespace: "ns", release: "external-secrets" }, 100, nothing));
  expect(error.kind.code).toBe("VK1110");
  expect(error.message).toBe("The operator in namespace ns is not available: external-secrets");
  expect(error.why).toBe('Pod ns/external-secrets-1-a: CreateContainerConfigError: secret "pull" not found');
});

test("an operator of whose pods nobody says anything is late", async () => {
  const deployment = object("apps/v1", "Deployment", "external-secrets", { spec: { replicas: 1 }, status: {} });
  const error = await errorOf(waitForOperator(read(deployment), { namespace: "ns", release: "external-secrets" }, 100, nothing));
  expect([error.kind.code, error.why]).toEqual(["VK1010", "external-secrets"]);
});
