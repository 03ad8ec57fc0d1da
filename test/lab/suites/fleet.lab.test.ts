import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { fleetDocument, type ClusterRecord, type FleetEnd } from "../../../src/fleet/report/schema.ts";
import { inventoryTests } from "../testing/fleet/inventory-tests.ts";
import { startPlanes, type Planes } from "../testing/fleet/planes.ts";
import { inLab, theLab, vaultK8s, type Ran } from "../testing/product.ts";
import { caFile, rootToken, vaultAddress, vaultAs } from "../testing/vault.ts";

// eks-prod is wired: its Vault, with three pods, is the fleet's. Ten more control planes are the fleet.
const lab = theLab();
const wiring = ["--steps", "reviewer,kv,policy,auth,role"];
let planes: Planes;
let vault: readonly string[];

beforeAll(async () => {
  const [address, token] = await Promise.all([vaultAddress(lab, "eks-prod"), rootToken(lab, "eks-prod")]);
  const tokenFile = join(lab.data, "fleet-token");
  await writeFile(tokenFile, token, { mode: 0o600 });
  vault = ["--vault-addr", address, "--vault-token-file", tokenFile, "--ca-cert", await caFile(lab, "eks-prod")];
  planes = await startPlanes(lab, 10);
}, 300_000);
afterAll(() => planes?.end());

const fleet = (command: string, kubeconfig: string, ...flags: readonly string[]): Promise<Ran> =>
  vaultK8s(lab, ["fleet", command, "--kubeconfig", kubeconfig, "--contexts", "plane-*", ...vault, "-o", "jsonl", "--yes", ...flags]);

interface Shown {
  readonly records: readonly ClusterRecord[];
  readonly end: FleetEnd;
}

function shown({ stdout, stderr }: Ran): Shown {
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => fleetDocument.parse(JSON.parse(line)));
  const end = lines.find(({ kind }) => kind === "FleetEnd") as FleetEnd | undefined;
  if (end === undefined) expect.fail(`no end: ${stderr}`);
  return { records: lines.flatMap((line) => (line.kind === "FleetCluster" ? [line] : [])), end };
}

/** Another kubeconfig, in which one cluster cannot be reached and one does not know who asks. */
async function broken(): Promise<string> {
  const config = parse(await readFile(planes.kubeconfig, "utf8")) as {
    clusters: { cluster: { server: string } }[];
    users: object[];
    contexts: { context: { user: string } }[];
  };
  config.clusters[3]!.cluster.server = "https://10.20.0.1:1";
  config.users.push({ name: "nobody", user: { token: "nobody" } });
  config.contexts[7]!.context.user = "nobody";
  const file = join(lab.data, "fleet-broken");
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}

it("one that cannot be reached and one without rights: eight are done, two explained; mended and run again, two are done", async () => {
  const first = await fleet("apply", await broken(), ...wiring);
  const { records, end } = shown(first);
  expect([first.exitCode, end.counts], first.stderr).toMatchObject([1, { clusters: 10, changed: 8, failed: 2 }]);
  expect(end.causes.map(({ code }) => code).sort()).toEqual(["VK1103", "VK1104"]);
  expect(records.filter(({ result }) => result === "failed").map(({ failure }) => failure?.fix)).not.toContain(undefined);
  const second = await fleet("apply", planes.kubeconfig, ...wiring);
  expect([second.exitCode, shown(second).end.counts], second.stderr).toMatchObject([0, { changed: 2, unchanged: 8 }]);
}, 240_000);

/** Logs in to Vault as the account of the operator, whose token a cluster makes; gives its policies. */
async function login(name: string): Promise<readonly string[]> {
  const at = (...args: readonly string[]): Promise<Ran> =>
    inLab(lab, ["kubectl", "--kubeconfig", planes.kubeconfig, "--context", name, ...args]);
  await at("create", "namespace", "external-secrets");
  await at("create", "serviceaccount", "external-secrets", "-n", "external-secrets");
  const token = await at("create", "token", "external-secrets", "-n", "external-secrets", "--audience", "vault");
  const answer = await vaultAs(
    lab,
    "eks-prod",
    "",
    ["write", "-format=json", `auth/k8s-${name}/login`, "role=external-secrets", "jwt=-"],
    token.stdout.trim(),
  );
  if (answer.exitCode !== 0) throw new Error(`${name}: ${token.stderr}${answer.stderr}`);
  return (JSON.parse(answer.stdout) as { auth: { policies: string[] } }).auth.policies;
}

it("in each a login of its own account is reviewed by its own API server, and gets its own policy", async () => {
  for (const { name } of planes.all) expect(await login(name)).toContain(`k8s-${name}-read`);
}, 120_000);

inventoryTests(lab);
