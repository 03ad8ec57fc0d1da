import { describe, expect, it, test } from "vitest";
import { fixOf } from "../../../src/systems/standstill/fix.ts";
import { standstillsOf } from "../../../src/systems/standstill/pod.ts";
import { standingOf, whyNotUp } from "../../../src/systems/standstill/why.ts";
import type { KubeObject } from "../../../src/systems/world.ts";
import { eventOf, lists, object, owned } from "../standing.ts";

const withStatus = (status: object, spec: object = {}): KubeObject => object("v1", "Pod", "vault-0", { status, spec });
const waiting = (reason: string, message?: string, more: object = {}) =>
  withStatus({ phase: "Pending", containerStatuses: [{ name: "vault", state: { waiting: { reason, message } }, ...more }] });
const terminated = (exitCode: number, reason: string, message?: string) => ({ terminated: { exitCode, reason, message } });

describe("a pod says why it does not run", () => {
  it.each([
    ["CreateContainerConfigError", 'secret "kms-creds" not found', true],
    ["CreateContainerConfigError", "container has runAsNonRoot and image will run as root", true],
    ["InvalidImageName", 'couldn\'t parse image name "Vault:latest"', true],
    ["ErrImageNeverPull", 'Container image "vault:1" is not present with pull policy of Never', true],
    ["ImagePullBackOff", 'Back-off pulling image "mirror.test/vault:1"', true],
    ["ErrImagePull", "dial tcp: i/o timeout", false],
    ["CreateContainerError", "context deadline exceeded", true],
    ["RunContainerError", 'failed to create containerd task: exec: "docker-entrypoint.sh": operation not permitted', true],
  ])("%s: %s (final: %s)", (reason, message, final) => {
    expect(standstillsOf(waiting(reason, message))).toEqual([{ about: "Pod ns/vault-0", words: `${reason}: ${message}`, final }]);
  });

  it.each([
    [1, false],
    [4, true],
  ])("a container that ended %i times says how it ended last (final: %s)", (restartCount, final) => {
    const lastState = terminated(1, "Error", "Error loading configuration from /tmp/storageconfig.hcl: no such file");
    const [found] = standstillsOf(waiting("CrashLoopBackOff", "back-off 40s restarting failed container", { lastState, restartCount }));
    expect(found).toMatchObject({ final });
    expect(found?.words).toBe(
      "CrashLoopBackOff: back-off 40s restarting failed container; it ended with exit code 1 (Error): Error loading configuration from /tmp/storageconfig.hcl: no such file",
    );
  });

  it("of several containers it is named which one, of those that initialise it too", () => {
    const pod = withStatus({
      initContainerStatuses: [{ name: "seed", state: { waiting: { reason: "ImagePullBackOff", message: "m" } } }],
      containerStatuses: [{ name: "vault", state: { waiting: { reason: "PodInitializing" } } }],
    });
    expect(standstillsOf(pod).map(({ words }) => words)).toEqual(["container seed: ImagePullBackOff: m"]);
  });

  it.each([
    [
      { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." },
      "Evicted: The node was low on resource: memory.",
    ],
    [{ conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }] }, "0/3 nodes are available"],
  ])("%j", (status, words) => {
    expect(standstillsOf(withStatus(status))).toEqual([{ about: "Pod ns/vault-0", words, final: false }]);
  });

  it("one that is on its way, or runs, says nothing", () => {
    expect(standstillsOf(waiting("ContainerCreating"))).toEqual([]);
    expect(standstillsOf(withStatus({ phase: "Running", containerStatuses: [{ name: "vault", state: { running: {} } }] }))).toEqual([]);
  });
});

const now = Date.parse("2026-01-01T12:00:00Z");
const at = (ms: number): string => new Date(now + ms).toISOString();
const set = object("apps/v1", "StatefulSet", "vault");

describe("what was not made", () => {
  const refusals = [
    'create Pod vault-0 in StatefulSet vault failed error: pods "vault-0" is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities',
    'create Pod vault-0 in StatefulSet vault failed error: pods "vault-0" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
    'create Pod vault-0 in StatefulSet vault failed error: pods "vault-0" is forbidden: failed quota: cpu: must specify limits.cpu for: vault',
    'create Pod vault-0 in StatefulSet vault failed error: pods "vault-0" is forbidden: unable to validate against any security context constraint',
    'create Pod vault-0 in StatefulSet vault failed error: admission webhook "validate.kyverno.svc-fail" denied the request: no privileged pods',
  ];
  it.each(refusals)("is told in the words of its controller: %s", async (message) => {
    const found = await whyNotUp(lists(eventOf(set, "FailedCreate", message, { lastTimestamp: at(0) })), { makers: [set], pods: [] }, now);
    expect(found).toEqual([{ about: "StatefulSet ns/vault", words: message, final: true }]);
    expect(fixOf(message, { image: "i", values: "v", resources: "r" })).toBeDefined();
  });

  it("an account that comes a moment later ends no wait", async () => {
    const message = 'create Pod vault-0 failed error: pods "vault-0" is forbidden: error looking up service account ns/vault: not found';
    const [found] = await whyNotUp(lists(eventOf(set, "FailedCreate", message)), { makers: [set], pods: [] }, now);
    expect(found?.final).toBe(false);
  });

  it("what was said before it was waited for may be mended: how long ago it was is said, and the wait goes on", async () => {
    const found = await whyNotUp(
      lists(eventOf(set, "FailedCreate", 'pods "vault-0" is forbidden: exceeded quota: q', { lastTimestamp: at(-600_000) })),
      { makers: [set], pods: [] },
      now,
    );
    expect(found).toMatchObject([{ words: 'pods "vault-0" is forbidden: exceeded quota: q (10 min before)', final: false }]);
  });

  it("an event of another object of that name is not heard", async () => {
    const of = { ...set, metadata: { ...set.metadata, uid: "earlier" } };
    expect(await whyNotUp(lists(eventOf(of, "FailedCreate", "is forbidden: x")), { makers: [set], pods: [] }, now)).toEqual([]);
  });
});

test("a claim that is not bound says why, also where that is no warning", async () => {
  const pod = withStatus({ phase: "Pending" }, { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data-vault-0" } }] });
  const claim = object("v1", "PersistentVolumeClaim", "data-vault-0", { status: { phase: "Pending" } });
  const words = "no persistent volumes available for this claim and no storage class is set";
  const kube = lists(claim, { ...eventOf(claim, "FailedBinding", words), type: "Normal" });
  expect(await whyNotUp(kube, { makers: [], pods: [pod] }, now)).toEqual([
    { about: "PersistentVolumeClaim ns/data-vault-0", words: `PersistentVolumeClaim ns/data-vault-0 is not bound: ${words}`, final: false },
  ]);
});

test("a volume that cannot be mounted is told by an event of the pod", async () => {
  const pod = waiting("ContainerCreating");
  const words = 'MountVolume.SetUp failed for volume "tls" : secret "vault-tls" not found';
  expect(await whyNotUp(lists(eventOf(pod, "FailedMount", words)), { makers: [], pods: [pod] }, now)).toMatchObject([{ words }]);
});

test("of a deployment, its ReplicaSet says why there are no pods, and its pods why they are not ready", async () => {
  const deployment = object("apps/v1", "Deployment", "eso");
  const full = owned(deployment, object("apps/v1", "ReplicaSet", "eso-1", { spec: { replicas: 2 }, status: { replicas: 1 } }));
  const old = owned(deployment, object("apps/v1", "ReplicaSet", "eso-0", { spec: { replicas: 0 }, status: { replicas: 0 } }));
  const pod = owned(
    full,
    object("v1", "Pod", "eso-1-a", { status: { containerStatuses: [{ state: { waiting: { reason: "ImagePullBackOff" } } }] } }),
  );
  const message = 'Error creating: pods "eso-1-b" is forbidden: violates PodSecurity "restricted:latest"';
  const kube = lists(
    deployment,
    full,
    old,
    pod,
    eventOf(full, "FailedCreate", message),
    eventOf(old, "FailedCreate", "is forbidden: long ago"),
  );
  const standing = await standingOf(kube, () => true, { namespace: "ns", labelSelector: "x" });
  expect((await whyNotUp(kube, standing, now)).map(({ words }) => words)).toEqual(["ImagePullBackOff", message]);
});
