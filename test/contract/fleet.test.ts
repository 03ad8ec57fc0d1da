import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StepId } from "../../src/config/step-id.ts";
import type { Member, Refused } from "../../src/fleet/engine/member.ts";
import type { PoolOptions } from "../../src/fleet/pool.ts";
import { runFleet, type FleetOutcome } from "../../src/fleet/run-fleet.ts";
import type { ClusterRecord } from "../../src/fleet/report/schema.ts";
import type { Work } from "../../src/fleet/engine/here.ts";
import { converging } from "../../src/fleet/work/converge.ts";
import { looking } from "../../src/fleet/work/look.ts";
import { failure, kinds } from "../../src/errors.ts";
import { boundSteps } from "../../src/run/bound-steps.ts";
import { SharedLook } from "../../src/systems/asked-once/shared.ts";
import { Ways } from "../../src/systems/vault/ways.ts";
import type { Flags } from "../../src/config/sources.ts";
import { fleetDocument } from "../../src/fleet/report/schema.ts";
import { hang, kubeError, vaultError } from "../fakes/wire/faults.ts";
import type { Recorded } from "../fakes/wire/exchange.ts";
import { writesIn } from "./run.ts";
import { Scene } from "./scene.ts";

let scene: Scene;
let ways: Ways;

beforeEach(async () => {
  scene = await Scene.open();
  ways = new Ways();
  const { storage } = scene.vault.ready();
  await writeFile(join(scene.folder, "token"), `${storage.issued[0] ?? ""}\n`);
});
afterEach(async () => {
  ways.close();
  await scene.close();
});

const commandLines = {
  steps: (...ids: readonly string[]) => ids.join(" && "),
  own: (command: string, ...rest: readonly string[]) => ["vault-k8s", command, ...rest].join(" "),
};

const wiring: readonly StepId[] = ["reviewer", "kv", "policy", "auth", "role"];

async function member(name: "eks-prod" | "eks-staging", flags: Flags = {}): Promise<Member> {
  const kube = name === "eks-prod" ? scene.prod : scene.staging;
  const spec = await scene.spec({
    cluster: name,
    vaultAddr: scene.vault.url,
    vaultTokenFile: join(scene.folder, "token"),
    kubernetesHost: kube.url,
    ...flags,
  });
  return { name, source: "file", spec, systems: { ...scene.systems(), sharedLook: look, ways }, commandLines };
}

let look = new SharedLook();
beforeEach(() => void (look = new SharedLook()));

const options: PoolOptions = { concurrency: 4, canary: 0, deadlineMs: 60_000 };
const steps: Work = converging({ steps: (spec) => boundSteps(wiring, spec), missingIs: 0 });

async function fleet(members: readonly (Member | Refused)[], work = steps, how: Partial<PoolOptions> = {}): Promise<FleetOutcome> {
  return runFleet(
    { command: "fleet apply", fleet: "prod", vault: scene.vault.url, members, work, options: { ...options, ...how }, notices: [] },
    { begin: () => undefined, begun: () => undefined, ended: () => undefined, end: () => undefined },
  );
}

const resultsOf = ({ records }: FleetOutcome): Record<string, string> =>
  Object.fromEntries(records.map(({ cluster, result }): [string, ClusterRecord["result"]] => [cluster, result]));

const toStaging = ({ server }: Recorded): boolean => server.endsWith(scene.staging.name);

test("what one cluster lacks stops no other; mended and run again, only what is missing is done", async () => {
  const refused: Refused = { name: "eu", source: "argocd", error: failure(kinds.kubeUnauthenticated, { what: "Its credentials expired" }) };
  scene.line.break((request) =>
    toStaging(request) && request.method !== "GET"
      ? kubeError(403, "Forbidden", 'namespaces "vault-k8s" is forbidden: User "operator" cannot patch resource "namespaces"')
      : undefined,
  );
  const first = await fleet([refused, await member("eks-prod"), await member("eks-staging")]);
  expect(resultsOf(first)).toEqual({ eu: "failed", "eks-prod": "changed", "eks-staging": "failed" });
  expect(first.exitCode).toBe(1);
  expect(first.end.causes.map(({ code, clusters }) => [code, clusters])).toEqual([
    ["VK1104", ["eu"]],
    ["VK1105", ["eks-staging"]],
  ]);
  scene.line.mend();
  const mark = scene.line.journal.length;
  const again = await fleet([await member("eks-prod"), await member("eks-staging")]);
  expect(resultsOf(again)).toEqual({ "eks-prod": "unchanged", "eks-staging": "changed" });
  expect(again.exitCode).toBe(0);
  const written = writesIn(scene.line.asked(mark));
  expect(written.filter(({ server, path }) => server.endsWith(scene.prod.name) || path.includes("eks-prod"))).toEqual([]);
  for (const record of again.records) {
    const line = { apiVersion: "vault-k8s.io/v1", kind: "FleetCluster", ...record };
    expect(fleetDocument.safeParse(line).error).toBeUndefined();
  }
}, 60_000);

test("a fleet with nothing to do asks Vault once for what is common, and writes nothing", async () => {
  const members = [await member("eks-prod"), await member("eks-staging")];
  await fleet(members);
  look = new SharedLook();
  const mark = scene.line.journal.length;
  const again = await fleet([await member("eks-prod"), await member("eks-staging")]);
  expect(resultsOf(again)).toEqual({ "eks-prod": "unchanged", "eks-staging": "unchanged" });
  const asked = scene.line.asked(mark);
  expect(writesIn(asked)).toEqual([]);
  for (const path of ["/v1/sys/auth", "/v1/sys/mounts"]) expect(asked.filter((one) => one.path === path)).toHaveLength(1);
}, 60_000);

test("a cluster that hangs is given up, and the others are done meanwhile", async () => {
  await fleet([await member("eks-prod")]);
  scene.line.break((request) => (toStaging(request) ? hang : undefined));
  const { records, exitCode } = await fleet([await member("eks-staging"), await member("eks-prod")], steps, {
    concurrency: 1,
    deadlineMs: 3_000,
  });
  expect(records).toMatchObject([{ cluster: "eks-staging", failure: { code: "VK1010" } }, { result: "unchanged" }]);
  expect(exitCode).toBe(1);
}, 60_000);

test("Vault elects another node in the middle: the fleet waits, and converges in the same run", async () => {
  let asked = 0;
  scene.line.break(({ server }) => {
    if (!server.startsWith("vault")) return undefined;
    asked += 1;
    return asked > 5 && asked < 12 ? vaultError(500, "local node not active but active cluster node not found") : undefined;
  });
  const { records } = await fleet([await member("eks-prod"), await member("eks-staging")]);
  expect(records).toMatchObject([{ result: "changed" }, { result: "changed" }]);
  expect(asked).toBeGreaterThan(12);
}, 60_000);

test("status of a fleet says which clusters are not as they should be, and which cannot be asked", async () => {
  await fleet([await member("eks-prod")]);
  scene.line.break((request) => (toStaging(request) ? kubeError(401, "Unauthorized", "Unauthorized") : undefined));
  const work = looking((spec) => boundSteps(wiring, spec));
  const { records, exitCode } = await fleet([await member("eks-prod"), await member("eks-staging")], work);
  expect(records).toMatchObject([
    { cluster: "eks-prod", status: { steps: wiring.map((id) => ({ id, state: "ok" })) } },
    { cluster: "eks-staging", result: "failed", failure: { code: "VK1104" } },
  ]);
  expect(exitCode).toBe(1);
}, 60_000);

test("two fleets at once on the same clusters: no write is made twice, and what one does not do says who is at it", async () => {
  const mark = scene.line.journal.length;
  const [one, other] = await Promise.all([fleet([await member("eks-prod")]), fleet([await member("eks-prod")])]);
  const results = [one, other].flatMap(({ records }) => records.map(({ result, failure: words }) => words?.code ?? result));
  expect(results).toContain("changed");
  for (const result of results) expect(["changed", "unchanged", "VK1513"]).toContain(result);
  const written = writesIn(scene.line.asked(mark)).map(({ method, path }) => `${method} ${path.split("?")[0]}`);
  // The namespace is what the Lease is in; the Secret is annotated once its token is Vault's.
  const twice = written.filter(
    (each, index) => written.indexOf(each) !== index && !/\/leases|\/namespaces\/vault-k8s$|\/vault-reviewer-token$/.test(each),
  );
  expect(twice).toEqual([]);
  expect(scene.prod.objects.list("leases")).toEqual([]);
  const again = await fleet([await member("eks-prod")]);
  expect(resultsOf(again)).toEqual({ "eks-prod": "unchanged" });
}, 60_000);

test("another run that holds the cluster's Lease: nothing of it is written", async () => {
  await fleet([await member("eks-prod")]);
  const name = { namespace: "vault-k8s", name: "vault-k8s" };
  const now = () => new Date().toISOString().replace("Z", "000Z");
  let renewals = 0;
  const lease = () => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: name,
    spec: { holderIdentity: "ci@elsewhere 1", leaseDurationSeconds: 60, renewTime: now(), leaseTransitions: (renewals += 1) },
  });
  scene.line.break(({ server, path, method }) =>
    server.endsWith(scene.prod.name) && /\/leases(\/|$|\?)/.test(path)
      ? method === "GET"
        ? { kind: "answer", status: 200, body: JSON.stringify(lease()), headers: { "content-type": "application/json" } }
        : kubeError(409, "AlreadyExists", "it is there")
      : undefined,
  );
  const mark = scene.line.journal.length;
  const { records } = await fleet([await member("eks-prod", { policyName: "another" })]);
  expect(records).toMatchObject([{ failure: { code: "VK1513" } }]);
  expect(writesIn(scene.line.asked(mark)).filter(({ path }) => !path.includes("/leases"))).toEqual([]);
}, 60_000);
