import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { Bench, cluster, putBack, wire, type Fault } from "../doctor/bench.ts";
import { loginFaults } from "../doctor/login.ts";
import { otherFaults } from "../doctor/rest.ts";
import { theLab, vaultK8s } from "../testing/product.ts";

/*
 * In eks-prod, which may be empty at the beginning. Each fault is made, diagnosed twice (with a token that may read Vault's log and
 * with one that may not), and mended by the very line that doctor printed; what is left is as it was.
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

let mayNotRead = "";
const table: string[][] = [];

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

beforeAll(async () => {
  await wire(bench);
  await bench.vault(
    ["policy", "write", "no-monitor", "-"],
    'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }\npath "sys/monitor" { capabilities = ["deny"] }',
  );
  mayNotRead = await bench.vault(["token", "create", "-policy=no-monitor", "-orphan", "-ttl=2h", "-field=token"]);
});

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

async function isWell(): Promise<void> {
  await bench.operatorSays("True");
  // What was mended may still be starting.
  await expect.poll(async () => (await doctor(undefined)).causes, { timeout: 60_000, interval: 2000 }).toEqual([]);
  const { symptoms, exitCode } = await doctor(undefined);
  expect(exitCode, symptoms.join("\n")).toBe(0);
}

/** Types what doctor says until nothing is left to say; a fault that lies outside is taken away. */
async function mend({ codes, behind = [], input }: Fault, first: Diagnosis, outside: (() => Promise<void>) | void): Promise<string> {
  if (outside !== undefined) {
    await outside();
    return "outside";
  }
  let command = first.causes[0]!.mend.command;
  for (const code of [...codes.slice(1), ...behind, undefined]) {
    const ran = await bench.type(command, input);
    expect(ran.exitCode, `${command}\n${ran.stderr}`).toBe(0);
    if (code === undefined) break;
    const next = await doctor(undefined);
    expect(next.causes[0]?.code).toBe(code);
    command = next.causes[0]!.mend.command;
  }
  return first.causes[0]!.mend.command.replaceAll(`--cluster ${cluster}`, "").replaceAll(`--context ${cluster} `, "").slice(0, 70);
}

describe("doctor names the cause first, and what it prints mends it", () => {
  it("finds nothing in a cluster that is well, and says what it looked at", async () => {
    await isWell();
    expect((await doctor(mayNotRead)).causes).toEqual([]);
    const { seen } = await doctor(undefined, ["--probe-pod"]);
    expect(seen.join("\n")).toMatch(/vault-0 (active|standby)[^]*login: works[^]*ExternalSecrets: 1 of 1 synced/);
    table.push(
      ["fault", "Vault said", "doctor", "without sys/monitor", "mended by"],
      ["(none)", "-", "no cause found", "no cause found", "-"],
    );
  });

  it.each([...loginFaults, ...otherFaults])("$name", async (fault) => {
    let outside: (() => Promise<void>) | void;
    onTestFailed(async () => {
      await outside?.().catch(() => undefined);
      await putBack(bench);
    });
    outside = await fault.breaks(bench);
    const [one, other] = await Promise.all([
      doctor(undefined, fault.flags),
      doctor(mayNotRead, [...(fault.flags ?? []), ...(fault.probePod === true ? ["--probe-pod"] : [])]),
    ]);
    expect(one.causes[0]?.code, JSON.stringify(one)).toBe(fault.codes[0]);
    expect(other.causes[0]?.code, JSON.stringify(other)).toBe(fault.codes[0]);
    expect(one.causes[0]?.sure).toBe("certain");
    expect(other.causes[0]!.mend.command).toBe(one.causes[0]!.mend.command);
    for (const code of fault.codes) expect(one.causes.map((cause) => cause.code)).toContain(code);
    const mended = await mend(fault, one, outside);
    await fault.after?.(bench);
    await isWell();
    table.push([fault.name, logged(one), said(one), said(other), mended]);
  });

  it("a fault that it does not know is none of those that it knows", async () => {
    await bench.external({ target: { template: { data: { broken: "{{ .user | nosuchfunction }}" } } } });
    for (const token of [undefined, mayNotRead]) {
      const { causes, symptoms, seen, exitCode } = await doctor(token);
      expect(causes).toEqual([]);
      expect(exitCode).toBe(1);
      expect(symptoms.join("\n")).toMatch(/ExternalSecret default\/demo is not synced: .*nosuchfunction/);
      expect(seen.length).toBeGreaterThan(8);
    }
    await bench.kubectl("patch", "externalsecret/demo", "--type", "json", "-p", '[{"op":"remove","path":"/spec/target/template"}]');
    table.push(["(unknown: a template that is broken)", "-", "no cause found", "no cause found", "-"]);
    await isWell();
  });
});
