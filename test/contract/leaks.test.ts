import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { StepId } from "../../src/config/step-id.ts";
import { echoAsKube, echoAsVault, echoOfWebhook } from "../fakes/wire/faults.ts";
import { Search } from "./canaries.ts";
import { faultsOf, meets, scopesOf, type Scope, type Server } from "./fault-table.ts";
import { planted, Scene } from "./scene.ts";
import { order, Stages } from "./stages.ts";
import { typed, type Around, type Typed } from "./typed.ts";

// Secrets of every kind run through every command, in every way that it can speak, and through every failure: none is seen again.
const search = new Search();
const mine = {
  valuesFile: "canary-values-file-c41d90b2e6a8573f",
  wrongToken: "hvs.canary-wrong-token-9e27ab5540c1d8f3",
  typedValue: "canary-typed-value-18b7c9d2f0e34a65",
  inHcl: "wJalr/canary+of-a-seal-0d5e83b1a7c2",
  openBaoToken: "s.Qw3canaryOfOpenBao0A7c2Xz",
  inUrl: "canary-of-an-address-6b0f4e19c8d2",
  inJson: "canary-of-json-in-json-93c5a1e7",
  inSecret: "canary-of-a-large-secret-2f8d70",
} as const;

/** Values of charts that hold secrets where no name says so, but a form that is known. */
const chart = {
  server: {
    ha: {
      raft: {
        config: `storage "raft" {}\nseal "awskms" {\n  secret_key = "${mine.inHcl}"\n}\nseal "transit" {\n  token = "${mine.openBaoToken}"\n}\n`,
      },
    },
    extraEnvironmentVars: {
      VAULT_PG_CONNECTION_URL: `postgres://vault:${mine.inUrl}@db:5432/vault`,
      VAULT_EXTRA: JSON.stringify({ audit: JSON.stringify({ password: mine.inJson }) }),
    },
  },
};
/** A value that nothing tells from any other: it is shown in an export, which is made of the values, and nowhere else. */
const unknown = { annotations: { note: mine.valuesFile } };
/** 60 kB. */
const largeSecret = Buffer.from(`${mine.inSecret}\n`.repeat(1900)).toString("base64");
const operatorValues = stringify({
  extraObjects: [
    { apiVersion: "v1", kind: "Secret", metadata: { name: "large", namespace: "external-secrets" }, data: { large: largeSecret } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "beside", namespace: "external-secrets" }, data: { same: mine.inSecret } },
  ],
});

let scene: Scene;
let stages: Stages;
beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 250;
  await writeFile(join(scene.folder, "values.yaml"), stringify({ server: { ...chart.server, ...unknown } }));
  await writeFile(join(scene.folder, "exported-values.yaml"), stringify(chart));
  await writeFile(join(scene.folder, "operator-values.yaml"), operatorValues);
  stages = new Stages(scene, await scene.spec({ timeout: "300ms", values: [join(scene.folder, "values.yaml")] }));
});
afterAll(async () => {
  await scene.close();
  console.log(search.summary());
});

const common = (): string[] => ["--cluster", "eks-prod", "--kubeconfig", join(scene.folder, "kubeconfig"), "--timeout", "300ms"];
const home = (): string => join(scene.folder, "home");

/** Runs a command line, and looks through all that it said, also to those who ask an error for everything it has. */
async function said(argv: readonly string[], around: Partial<Around> = {}): Promise<Typed> {
  const env = { PATH: process.env["PATH"], HOME: home(), LANG: "C.UTF-8", VAULT_K8S_HELM: scene.helm.program, ...around.env };
  const ran = await typed([...common(), ...argv], { cwd: scene.folder, input: around.input ?? "", env });
  search.lookFor([...scene.secrets(), ...Object.values(mine)]);
  const where = `vault-k8s ${argv.join(" ")}`;
  search.through(`${where}, standard output`, ran.stdout);
  search.through(`${where}, standard error`, ran.stderr);
  search.through(`${where}, the error itself`, inspect(ran.error, { depth: 12, showHidden: true, getters: true }));
  for (const [index, call] of scene.helm.calls.splice(0).entries())
    search.through(`${where}, arguments of helm, call ${index}`, call.join("\n"));
  for (const [index, text] of scene.helm.environments.splice(0).entries())
    search.through(`${where}, environment of helm, call ${index}`, text);
  return ran;
}

const commandOf = (id: StepId): string[] => {
  const inputs =
    id === "install"
      ? ["--values", "values.yaml"]
      : id === "external-secrets"
        ? ["--operator-values", "operator-values.yaml"]
        : ["secret", "verify"].includes(id)
          ? ["--secret", "db"]
          : id === "audit"
            ? ["--audit", "stdout"]
            : [];
  const name = id === "retire-root" ? "operator-retire-root" : id === "tls-served" ? "tls" : id;
  return [...(name.startsWith("operator-") ? ["operator", name.slice("operator-".length)] : [name]), ...inputs];
};

/** Every way to speak. */
const ways: readonly (readonly string[])[] = [
  [],
  ["-q"],
  ["-v"],
  ["-o", "json"],
  ["--print-commands", "-v"],
  ["--dry-run", "--print-commands"],
  ["--dry-run", "-o", "json"],
];

const clean = (): void => expect(search.leaks).toEqual([]);

describe.each(order)("%s", (id) => {
  test("says no secret, however it speaks", async () => {
    for (const way of ways) {
      await stages.before(id);
      const { exit, stderr } = await said([...commandOf(id), ...way]);
      expect(exit, stderr).toBe(0);
    }
    clean();
  }, 120_000);

  test.each(["vault", "kube"] as const)(
    "says no secret, whatever %s does to it",
    async (server) => {
      let turn = order.indexOf(id);
      for (const [scope, name, fault] of troubles(server)) {
        await stages.before(id);
        scene.line.break((request) => (meets(server, scope, request) ? fault : undefined));
        await said([...commandOf(id), ...ways[++turn % 5]!]);
        scene.line.mend();
        expect(search.leaks, `${name}, ${scope}`).toEqual([]);
      }
    },
    240_000,
  );
});

/** All failures of the contract tests. One that never answers says nothing, and is looked at there. */
function* troubles(server: Server): Generator<[Scope, string, typeof echoAsVault]> {
  for (const [name, fault] of Object.entries(faultsOf[server])) if (fault.kind !== "hang") yield ["every request", name, fault];
  for (const scope of scopesOf[server].slice(1)) yield [scope, "an echo of the request", server === "vault" ? echoAsVault : echoAsKube];
  if (server === "kube") yield ["writes", "a webhook that shows what it refuses", echoOfWebhook];
}

describe("a wired cluster", () => {
  beforeAll(() => stages.before("verify"), 120_000);

  test.each([
    [["teardown", "--dry-run", "--print-commands", "-v"], {}],
    [["teardown", "--dry-run", "--delete-data", "-o", "json"], {}],
    [["status"], {}],
    [["status", "-o", "json"], {}],
    [["status", "-o", "wide", "--html", "page.html"], {}],
    [["status", "--all"], {}],
    [["config", "view"], {}],
    [["config", "view", "--set", `server.password=${mine.valuesFile}`], { env: { VAULT_TOKEN: mine.wrongToken } }],
    [["version", "--servers", "-o", "json"], {}],
    [["support-bundle", "--out", "bundle"], {}],
    [["plan", "--secret", "db", "--kv-prefix", "other", "--values", "values.yaml", "--set", "server.authDelegator.enabled=true"], {}],
    [["plan", "--secret", "db", "--token-ttl", "2h", "--values", "values.yaml", "-o", "json"], {}],
    [["plan", "--values", "values.yaml", "--operator-values", "operator-values.yaml", "-o", "json"], {}],
    [["plan", "--values", "values.yaml", "--operator-values", "operator-values.yaml", "--out", "kept-plan.json"], {}],
    [["export", "--secret", "db", "--format", "flux"], {}],
    ...(["yaml", "kustomize", "argocd", "flux"] as const).map(
      (format) =>
        [
          [
            "export",
            "--values",
            "exported-values.yaml",
            "--operator-values",
            "operator-values.yaml",
            "--format",
            format,
            "--out",
            `kept-${format}`,
          ],
          {},
        ] as const,
    ),
    [["export", "--values", "exported-values.yaml", "--operator-values", "operator-values.yaml", "-o", "json"], {}],
    [["export", "--secret", "db", "-o", "json"], {}],
    [["status", "--token-ttl", "2h", "-v"], {}],
    [["bootstrap", "--secret", "db", "-v"], {}],
    [["bootstrap", "--secret", "db", "-o", "json"], {}],
    [["bootstrap", "--dry-run", "--print-commands", "--kv-prefix", "other"], {}],
    [["secret", "put", "db", "-", "-v"], { input: `password=${mine.typedValue}\n` }],
    [["secret", "put", "db", "-", "-o", "json"], { input: JSON.stringify({ password: mine.typedValue, user: planted.username }) }],
    [["secret", "put", "db", "-", "--dry-run", "--print-commands"], { input: `password=${mine.typedValue}\n` }],
    [["secret", "put", "db", "-", "--cas", "99"], { input: `password=${mine.typedValue}\n` }],
    [["secret", "put", "db", "-"], { input: `{"password": "${mine.typedValue}"` }],
    [["secret", "put", "db", "-"], { input: `${mine.typedValue}\n` }],
    [["policy", "-v"], { env: { VAULT_TOKEN: mine.wrongToken } }],
    [["policy", "-o", "json"], { env: { VAULT_TOKEN: `${mine.wrongToken} with words` } }],
    [["policy", "--vault-token-file", "values.yaml", "-v"], {}],
    [["status", "--kubeconfig", "values.yaml"], {}],
    [["doctor", "--secret", "db", "-v"], {}],
    [["doctor", "-o", "json", "--role-name", "other"], {}],
    [["doctor", "-v"], { env: { VAULT_TOKEN: mine.wrongToken } }],
  ] as const)(
    "%j says no secret",
    async (argv, around) => {
      await said(argv, around);
      clean();
    },
    60_000,
  );

  test("a bug shows where it happened, and no secret", async () => {
    const real = AbortSignal.any;
    AbortSignal.any = () => {
      throw new TypeError("a bug that was planted");
    };
    const ran = await said(["policy", "-v"]).finally(() => (AbortSignal.any = real));
    expect(ran.stderr).toMatch(/A bug in vault-k8s: .*planted[^]*\n\s+at /);
    clean();
  });

  test("files hold secrets only where that is promised, and nobody else may read them", async () => {
    const promised = [
      "kubeconfig",
      "values.yaml",
      "exported-values.yaml",
      "operator-values.yaml",
      "saved-",
      "home/.local/share/vault-k8s/eks-prod/init.json.token",
    ];
    const keyFile = "home/.local/share/vault-k8s/eks-prod/init.json";
    for (const file of await filesBelow(scene.folder)) {
      const name = relative(scene.folder, file);
      if (name === keyFile || promised.some((each) => name.startsWith(each))) continue;
      search.through(`file ${name}`, await readFile(file));
    }
    clean();
    for (const name of ["init.json", "init.json.origin"])
      expect((await stat(join(home(), ".local/share/vault-k8s/eks-prod", name))).mode & 0o777, name).toBe(0o600);
    for (const folder of ["", "eks-prod"])
      expect((await stat(join(home(), ".local/share/vault-k8s", folder))).mode & 0o777, folder).toBe(0o700);
  });

  test("secrets were there to be found: the key file and the kubeconfig hold them", async () => {
    const control = new Search();
    control.lookFor(scene.secrets());
    control.through("the key file", await readFile(join(home(), ".local/share/vault-k8s/eks-prod/init.json")));
    control.through("the kubeconfig", await readFile(join(scene.folder, "kubeconfig")));
    expect(control.leaks.map(({ where }) => where)).toEqual(expect.arrayContaining(["the key file", "the kubeconfig"]));
    expect(search.canaries).toBeGreaterThan(20);
    expect(search.outputs).toBeGreaterThan(100);
  });
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
