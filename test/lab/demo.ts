// npm run demo: the main job from nothing, on the lab or on a cluster that one already has.
import { parseArgs } from "node:util";
import { confirm } from "@inquirer/prompts";
import { execa } from "execa";
import { labState } from "./api.ts";
import { beginUp } from "./commands/up.ts";
import { LabError } from "./errors.ts";

interface Place {
  /** How a command line is started so that it reaches the cluster. */
  readonly start: (line: string) => [string, ...string[]];
  readonly env: Record<string, string> | undefined;
  readonly cwd: string;
}

const { values } = parseArgs({
  options: { context: { type: "string" }, cluster: { type: "string" }, yes: { type: "boolean", default: false } },
});
const shell = (line: string): [string, ...string[]] => ["sh", "-euc", line];

process.exitCode = await (values.context === undefined ? onLab() : onOwnCluster(values.context));

async function onLab(): Promise<number> {
  console.log(
    "A throwaway Kubernetes with real components is built and started on this machine; about 15 minutes the first time, half a minute later.",
  );
  const shown = Promise.withResolvers<void>();
  try {
    const { first, whole } = await beginUp({ vaultChart: process.env["VAULT_CHART"] || undefined, shown: () => shown.promise });
    let isWhole = false;
    whole.then(
      () => (isWhole = true),
      () => undefined,
    );
    await first;
    const lab = labState();
    const done = await demonstrate("eks-prod", "", { start: (line) => lab.onNetwork(shell(line)), env: lab.env, cwd: lab.work });
    shown.resolve();
    if (!isWhole)
      console.log("\nThat was it. What the first Secret did not need comes now: the second cluster, and commands of the shell.");
    await whole;
    if (done === 0) lookAround();
    return done;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    shown.resolve();
  }
}

async function onOwnCluster(context: string): Promise<number> {
  const { stdout: server } = await execa("kubectl", [
    "config",
    "view",
    "--minify",
    "--context",
    context,
    "-o",
    "jsonpath={.clusters[0].cluster.server}",
  ]);
  console.log(`This installs Vault and External Secrets Operator into context ${context}, API server ${server}.`);
  if (!values.yes && !(await agreed())) return 1;
  return demonstrate(values.cluster ?? context, ` --context ${context}`, { start: shell, env: undefined, cwd: process.cwd() });
}

async function agreed(): Promise<boolean> {
  if (process.stdin.isTTY && process.stderr.isTTY) return confirm({ message: "Go on?", default: false });
  console.error("Without a terminal nobody can be asked: say --yes.");
  return false;
}

/** The README's lines, shown as they are typed. */
async function demonstrate(cluster: string, more: string, place: Place): Promise<number> {
  const run = async (line: string): Promise<number> => {
    console.log(`\n$ ${line}`);
    const [program, ...args] = place.start(line);
    const { exitCode } = await execa(program, args, {
      cwd: place.cwd,
      stdio: ["ignore", "inherit", "inherit"],
      reject: false,
      preferLocal: true,
      ...(place.env === undefined ? {} : { env: place.env, extendEnv: false }),
    });
    return exitCode ?? 1;
  };
  const lines = [
    `vault-k8s bootstrap --cluster ${cluster}${more} --yes --secret demo`,
    `echo '{"username":"app","password":"only-a-demo"}' | vault-k8s secret put demo --cluster ${cluster}${more} -`,
    `vault-k8s verify --cluster ${cluster}${more} --secret demo`,
    `kubectl --context ${more === "" ? cluster : (values.context ?? cluster)} get secret demo -n default -o yaml`,
  ];
  for (const line of lines) {
    const exitCode = await run(line);
    if (exitCode !== 0) return exitCode;
  }
  return 0;
}

function lookAround(): void {
  console.log(`
Look around:
  npm run lab -- shell                                             kubectl, helm, vault and vault-k8s, on the lab's network
  npm run lab -- run vault-k8s status --cluster eks-prod
  npm run lab -- run vault-k8s bootstrap --cluster eks-staging --vault-context eks-prod
  npm run lab -- down                                              removes everything`);
}
