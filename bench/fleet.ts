// npm run bench:fleet: a fleet of light API servers, 50 ms away, to one real Vault; beside the article's commands under xargs -P in the same run.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { lineOf, startPeers } from "../test/lab/build/index.ts";
import { columns } from "./columns.ts";
import { startClusters, type Clusters } from "./fleet/clusters.ts";
import { run, type Ran } from "./fleet/run.ts";
import { startVault, type RealVault } from "./fleet/vault.ts";

const sizes = (process.env["BENCH_CLUSTERS"] ?? "10,100,1000").split(",").map(Number);
const concurrency = Number(process.env["BENCH_CONCURRENCY"] ?? 16);
const roundTripMs = 50;
/** So many are wired by the shell, since more of them tell nothing new: it does the same for each. */
const byShell = 20;

interface Place {
  readonly folder: string;
  readonly vault: RealVault;
  readonly clusters: Clusters;
  readonly env: NodeJS.ProcessEnv;
}

const checkout = join(import.meta.dirname, "..");

/** The settings of the fleet and the kubeconfig, as JSON, which is YAML. */
function writeFiles(folder: string, { all, token }: Clusters): void {
  const clusters = Object.fromEntries(all.map(({ name, server }) => [name, { context: name, auth: { kubernetesHost: server } }]));
  writeFileSync(join(folder, "vault-k8s.yaml"), JSON.stringify({ fleet: { name: "bench" }, clusters }));
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: all.map(({ name, server, ca }) => ({
      name,
      cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") },
    })),
    users: [{ name: "operator", user: { token } }],
    contexts: all.map(({ name }) => ({ name, context: { cluster: name, user: "operator" } })),
  };
  writeFileSync(join(folder, "kubeconfig"), JSON.stringify(kubeconfig), { mode: 0o600 });
}

const fleet = ({ env, folder, vault }: Place): Promise<Ran> => {
  const program = [process.execPath, join(checkout, "bin/vault-k8s"), "fleet", "apply"];
  const flags = ["--yes", "-o", "jsonl", "--concurrency", String(concurrency), "--steps", "reviewer,kv,policy,auth,role"];
  return run(program.concat(flags, ["--vault-addr", vault.address, "--insecure-no-tls"]), { env, cwd: folder });
};

interface Measured extends Ran {
  readonly requests: number;
}

async function measured(place: Place, work: () => Promise<Ran>): Promise<Measured> {
  place.clusters.requests();
  const ran = await work();
  return { ...ran, requests: place.clusters.requests() };
}

async function inPlace<T>(count: number, kubectl: string, work: (place: Place) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bench-fleet-"));
  const vault = await startVault(folder);
  try {
    const clusters = await startClusters(count, roundTripMs);
    writeFiles(folder, clusters);
    const bin = join(folder, "bin");
    mkdirSync(bin);
    symlinkSync(kubectl, join(bin, "kubectl"));
    symlinkSync(vault.program, join(bin, "vault"));
    const PATH = [bin, process.env["PATH"]].join(delimiter);
    const env = {
      PATH,
      HOME: folder,
      KUBECONFIG: join(folder, "kubeconfig"),
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.token,
      CI: "true",
    };
    return await work({ folder, vault, clusters, env }).finally(() => clusters.stop());
  } finally {
    vault.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const shell = ({ env, folder, clusters }: Place): Promise<Ran> => {
  const names = clusters.all.map(({ name }) => name).join("\\n");
  const script = join(import.meta.dirname, "fleet/article.sh");
  return run(["sh", "-c", `printf '${names}' | xargs -P ${concurrency} -I{} sh ${script} {} > /dev/null`], { env, cwd: folder });
};

const rate = (count: number, { seconds }: Ran): number => count / seconds;

async function all(): Promise<void> {
  const kubectl = join(await startPeers((event) => console.error(lineOf(event) ?? "")).kubectl, "kubectl");
  const theirs = await inPlace(byShell, kubectl, (place) => measured(place, () => shell(place)));
  const rows: string[][] = [];
  for (const count of sizes) {
    const [first, again] = await inPlace(
      count,
      kubectl,
      async (place) => [await measured(place, () => fleet(place)), await measured(place, () => fleet(place))] as const,
    );
    rows.push([
      String(count),
      rate(count, first).toFixed(1),
      (rate(count, first) / rate(byShell, theirs)).toFixed(1),
      first.memory.toFixed(0),
      (first.requests / count).toFixed(1),
      rate(count, again).toFixed(1),
      again.memory.toFixed(0),
      (again.requests / count).toFixed(1),
    ]);
    console.error(`${count} clusters: ${first.seconds.toFixed(1)} s, then ${again.seconds.toFixed(1)} s`);
  }
  const load = `load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`;
  console.log(`\nA fleet to one Vault, API servers ${roundTripMs} ms away, ${concurrency} at a time; ${load}\n`);
  const head = ["clusters", "a second", "times the shell", "MB", "requests each", "no-op a second", "MB", "requests each"];
  console.log(columns(head, rows));
  const each = (theirs.requests / byShell).toFixed(1);
  console.log(
    `\nThe shell under xargs -P ${concurrency}: ${byShell} clusters in ${theirs.seconds.toFixed(1)} s, ${rate(byShell, theirs).toFixed(2)} a second, ${each} requests each; ` +
      `1000 would take ${(((1000 / byShell) * theirs.seconds) / 60).toFixed(1)} minutes (${byShell} measured, the rest by this sum).`,
  );
}

await all();
