import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFailed } from "vitest";
import { accountFaults } from "../doctor/account.ts";
import { Bench, cluster } from "../doctor/bench.ts";
import { putBack, wire, type Fault } from "../doctor/fault.ts";
import { beforeVaultIsOpen, untilWired, type Station } from "../doctor/from-nothing.ts";
import { loginFaults } from "../doctor/login.ts";
import { operatorFaults } from "../doctor/operator.ts";
import { secretFaults } from "../doctor/secrets.ts";
import { theLab, typed, vaultK8s, type Ran } from "../testing/product.ts";
import { rootToken } from "../testing/vault.ts";

/*
 * In eks-prod, which is empty at the beginning: what doctor says leads to a wired cluster. Then each fault is made, diagnosed twice (with
 * a token that may read Vault's log and with one that may not), and mended by the very line that doctor printed; what is left is as it was.
 */
const lab = theLab();
const bench = new Bench(lab);

interface Cause {
  readonly code: string;
  readonly title: string;
  readonly sure: string;
  readonly evidence: readonly string[];
  readonly mend: { readonly command: string; readonly byFix: boolean };
}

interface Diagnosis {
  readonly causes: readonly Cause[];
  readonly symptoms: readonly string[];
  readonly seen: readonly string[];
  readonly unseen: readonly string[];
  readonly exitCode: number;
}

const table: string[][] = [["fault", "Vault said", "doctor", "without sys/monitor", "mended by"]];
const faults = [...loginFaults, ...accountFaults, ...secretFaults, ...operatorFaults];
const nobodyThere = "VD02";
const podless = "VD07";
/** Of the kept token: a contract test holds these. */
const ofKeptToken = ["VD08", "VD09"];
/** What the operator says in words of its own, and what it calls synced: unit and contract tests hold these. */
const toldByOperator = ["VD79", "VD86", "VD87", "VD89", "VD95", "VD96", "VD97", "VD98", "VD99"];
/** Of ways to have tokens reviewed that this wiring does not have: unit tests hold these. */
const ofOtherReviewers = ["VD43", "VD44"];
/** All clocks here are the machine's one. */
const notHere = ["VD32"];

let made: Promise<string> | undefined;
/** A token that may all but listen to Vault's log. */
const mayNotRead = (): Promise<string> => (made ??= tokenWithoutMonitor());

async function tokenWithoutMonitor(): Promise<string> {
  await bench.vault(
    ["policy", "write", "no-monitor", "-"],
    'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }\npath "sys/monitor" { capabilities = ["deny"] }',
  );
  return bench.vault(["token", "create", "-policy=no-monitor", "-orphan", "-ttl=2h", "-field=token"]);
}

async function doctor(token: string | undefined, flags: readonly string[] = []): Promise<Diagnosis> {
  const { exitCode, stdout, stderr } = await vaultK8s(
    lab,
    ["doctor", "--cluster", cluster, "--secret", "demo", "-o", "json", ...flags],
    token === undefined ? {} : { env: { VAULT_TOKEN: token } },
  );
  expect([0, 1], stderr).toContain(exitCode);
  expect(stdout + stderr).not.toMatch(/eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}|hvs\.[\w-]{20,}/);
  return JSON.parse(stdout) as Diagnosis;
}

afterAll(() => {
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  console.log(
    table
      .map((row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd(),
      )
      .join("\n"),
  );
});

const said = ({ causes: [first] }: Diagnosis): string => (first === undefined ? "no cause found" : `${first.code} ${first.sure}`);
const logged = ({ causes, seen }: Diagnosis): string =>
  [...(causes[0]?.evidence ?? []), ...seen]
    .find((line) => /^Vault('s log| says)/.test(line))
    ?.replace(/^Vault('s log| says[^:]*): /, "")
    .slice(0, 70) ?? "-";

const shown = (command: string): string =>
  command.replaceAll(`--cluster ${cluster}`, "").replaceAll(`--context ${cluster} `, "").slice(0, 70);

async function isWell(): Promise<void> {
  await bench.operatorSays("True");
  // What was mended may still be starting.
  const look = async (): Promise<Partial<Diagnosis>> => {
    const { causes, symptoms, exitCode } = await doctor(undefined);
    return { causes, symptoms, exitCode };
  };
  await expect.poll(look, { timeout: 60_000, interval: 2000 }).toEqual({ causes: [], symptoms: [], exitCode: 0 });
}

/** The first cause is the one, for whoever asks, and the others are named. */
function names({ codes, sure }: Pick<Fault, "codes" | "sure">, one: Diagnosis, other: Diagnosis): void {
  expect(one.causes[0]?.code, JSON.stringify(one)).toBe(codes[0]);
  expect(other.causes[0]?.code, JSON.stringify(other)).toBe(codes[0]);
  expect(one.causes[0]?.sure).toBe(sure ?? "certain");
  expect(other.causes[0]!.mend.command).toBe(one.causes[0]!.mend.command);
  for (const code of codes) expect(one.causes.map((cause) => cause.code)).toContain(code);
}

const went = (command: string, { exitCode, stderr }: Ran): void => expect(exitCode, `${command}\n${stderr}`).toBe(0);

/** Takes away what lies outside, and types what doctor says until nothing is left to say. */
async function mend(fault: Fault, first: Diagnosis, outside: (() => Promise<void>) | void): Promise<string> {
  await outside?.();
  let command = first.causes[0]!.mend.command;
  for (const code of [...fault.codes.slice(1), ...(fault.behind ?? []), undefined]) {
    went(command, await bench.type(command, fault.input, fault.editor));
    if (code === undefined) break;
    const next = await doctor(undefined);
    expect(next.causes[0]?.code).toBe(code);
    command = next.causes[0]!.mend.command;
  }
  return outside === undefined ? shown(first.causes[0]!.mend.command) : "outside";
}

/** Diagnoses a cluster that is on its way, and types what leads to the next stage of it. */
async function pass(station: Station, token?: string): Promise<void> {
  await station.before?.(bench);
  const [one, other] = await Promise.all([doctor(undefined), token === undefined ? undefined : doctor(token)]);
  names(station, one, other ?? one);
  const { command } = one.causes[0]!.mend;
  const { of, line } = station.instead ?? { of: /./, line: command };
  expect(command).toMatch(of);
  went(line, await typed(lab, line, { input: station.input ?? "" }));
  table.push([station.name, "-", said(one), other === undefined ? "-" : said(other), shown(command)]);
}

describe("doctor names the cause first, and what it prints mends it", () => {
  it("leads from an empty cluster to a wired one", async () => {
    onTestFailed(() => putBack(bench));
    for (const station of beforeVaultIsOpen) await pass(station);
    const token = await mayNotRead();
    for (const station of untilWired) await pass(station, token);
    await wire(bench);
  });

  it("finds nothing in a cluster that is well, and says what it looked at", async () => {
    await isWell();
    expect((await doctor(await mayNotRead())).causes).toEqual([]);
    const { seen } = await doctor(undefined, ["--probe-pod"]);
    expect(seen.join("\n")).toMatch(/vault-0 (active|standby)[^]*login: works[^]*ExternalSecrets: 1 of 1 synced/);
    table.push(["(none)", "-", "no cause found", "no cause found", "-"]);
  });

  it("says that nothing answers at the address that it was told", async () => {
    const tokens = [await rootToken(lab, cluster), await mayNotRead()];
    const [one, other] = await Promise.all(tokens.map((token) => doctor(token, ["--vault-addr", "https://10.20.0.1:9"])));
    names({ codes: [nobodyThere] }, one!, other!);
    expect(one!.causes[0]!.mend.command).toBe("vault status");
    table.push(["(address where nothing listens)", "-", said(one!), said(other!), "-"]);
  });

  it.each(faults)("$name", async (fault) => {
    let outside: (() => Promise<void>) | void;
    onTestFailed(async () => {
      await outside?.().catch(() => undefined);
      await putBack(bench);
    });
    outside = await fault.breaks(bench);
    const [one, other] = await Promise.all([
      doctor(undefined, fault.flags),
      doctor(await mayNotRead(), [...(fault.flags ?? []), ...(fault.probePod === true ? ["--probe-pod"] : [])]),
    ]);
    names(fault, one, other);
    const mended = await mend(fault, one, outside);
    await fault.after?.(bench);
    await isWell();
    table.push([fault.name, logged(one), said(one), said(other), mended]);
  });

  // Who may not read the raft is not told.
  it("members of the raft that have no pod", async () => {
    onTestFailed(() => putBack(bench));
    await bench.kubectl("scale", "statefulset/vault", "-n", "vault", "--replicas=2");
    await bench.kubectl("wait", "--for=delete", "pod/vault-2", "-n", "vault", "--timeout=60s");
    await expect.poll(async () => (await doctor(undefined)).causes[0]?.code, { timeout: 60_000, interval: 2000 }).toBe(podless);
    const { causes } = await doctor(undefined);
    const { command } = causes[0]!.mend;
    expect([causes[0]!.sure, command]).toEqual(["certain", "vault operator raft remove-peer vault-2"]);
    went(command, await bench.type(command));
    // What it stored is of a member that left; a new volume makes it a new one.
    await bench.kubectl("delete", "pvc/data-vault-2", "-n", "vault");
    await bench.kubectl("scale", "statefulset/vault", "-n", "vault", "--replicas=3");
    await expect
      .poll(async () => (await bench.type(`vault-k8s operator unseal --cluster ${cluster}`)).exitCode, { timeout: 120_000, interval: 3000 })
      .toBe(0);
    table.push(["members without a pod", "-", said({ causes } as Diagnosis), "-", shown(command)]);
    await isWell();
  }, 300_000);

  it("a fault that it does not know is none of those that it knows, and the operator's own sentence is said", async () => {
    await bench.external({ target: { template: { type: "kubernetes.io/tls" } } });
    for (const token of [undefined, await mayNotRead()]) {
      const { causes, symptoms, seen, exitCode } = await doctor(token);
      expect(causes).toEqual([]);
      expect(exitCode).toBe(1);
      expect(symptoms.join("\n")).toMatch(/ExternalSecret default\/demo is not synced: .*(tls\.crt|type)/);
      expect(seen.length).toBeGreaterThan(8);
    }
    await bench.kubectl("patch", "externalsecret/demo", "--type", "json", "-p", '[{"op":"remove","path":"/spec/target/template"}]');
    table.push(["(unknown: a Secret that Kubernetes refuses)", "-", "no cause found", "no cause found", "-"]);
    await isWell();
  });

  it("every cause was first once, but those that cannot be made here", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../docs/causes.md"), "utf8");
    const written = [...text.matchAll(/^## (VD\d\d) /gm)].map(([, code]) => code);
    const first = [...beforeVaultIsOpen, ...untilWired, ...faults].flatMap(({ codes }) => codes.slice(0, 1));
    expect(
      [...new Set([...first, nobodyThere, podless, ...ofKeptToken, ...toldByOperator, ...ofOtherReviewers, ...notHere])].sort(),
    ).toEqual(written);
  });
});
