import { CliError, NotYet } from "../../core/errors.ts";
import { conflict, same, type Change, type Diff } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { failure, kinds } from "../../errors.ts";
import type { AuditSpec } from "../../config/spec/vault.ts";
import type { Readers, VaultAnswer, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { onPath } from "../../systems/need.ts";
import { mark, ownershipOf } from "../../kubernetes/ownership.ts";
import { vaultUid } from "../uid.ts";
import { declaredMark, deviceFile, deviceName } from "./declared.ts";

/** One row of sys/audit. Documented at Vault's API docs, /sys/audit. */
interface Device {
  readonly type: string;
  readonly description: string;
  readonly options?: { readonly file_path?: string } | null;
}

/**
 * An audit device: Vault writes each request and answer there, secrets as HMACs. It serves all clusters of a Vault, so one that another
 * cluster's run has enabled, or anybody else for the same file, is used as it is.
 */
export function auditDevice(spec: AuditSpec): AppResource {
  const [name, target] = [deviceName(spec), deviceFile(spec)];
  return {
    id: `vault sys/audit/${name}`,
    diff: (read) => diffDevice(read, name, target),
    preview: async (read, found) => (found instanceof NotYet ? newDevice(target, await vaultUid(read)) : found.changes),
    needs: () => [onPath("sys/audit", "read", "sudo"), onPath(`sys/audit/${name}`, "update", "sudo")],
    apply: (write) => enable(write, name, target),
    command: async (read) => ({
      lines: `vault audit list -format=json 2> /dev/null | grep -q ${word(`"${name}/"`)} || vault audit enable -path=${word(name)} -description=${word(mark(await vaultUid(read)))} file file_path=${word(target)}`,
      needs: ["vault"],
    }),
  };
}

const newDevice = (target: string, uid: string): Change[] => [
  { field: "type", after: "file" },
  { field: "options.file_path", after: target },
  { field: "description", after: mark(uid) },
];

async function diffDevice(read: Readers, name: string, target: string): Promise<Diff> {
  const [answer, uid] = await Promise.all([read.vault.get("sys/audit"), vaultUid(read)]);
  const all = devices(answer);
  const found = all.get(name);
  if (found === undefined) {
    const other = [...all].find(([, device]) => device.type === "file" && device.options?.file_path === target);
    return other === undefined ? { kind: "create", changes: newDevice(target, uid) } : same(`sys/audit/${other[0]} writes there already`);
  }
  if (found.description !== declaredMark && ownershipOf(found.description, uid) === "foreign")
    return conflict(
      `sys/audit/${name} exists and is not marked as ours`,
      `Disable it (vault audit disable ${name}), or leave --audit out.`,
    );
  const before = found.options?.file_path;
  return before === target
    ? same()
    : conflict(
        `sys/audit/${name} writes to ${before ?? "nowhere"}, and Vault cannot change it in place`,
        `Pass --audit-file ${before ?? ""}, or disable it first: vault audit disable ${name}`,
      );
}

const devices = (answer: VaultAnswer | undefined): Map<string, Device> =>
  new Map(Object.entries(answer?.data ?? {}).map(([path, row]) => [path.replace(/\/$/, ""), row as Device]));

async function enable(write: Writers, name: string, target: string): Promise<void> {
  const description = mark(await vaultUid(write));
  try {
    await write.vault.post(`sys/audit/${name}`, { type: "file", description, options: { file_path: target } });
  } catch (error) {
    throw error instanceof CliError && error.kind === kinds.vaultRejected ? refused(name, error) : error;
  }
}

// Vault tries to open the file on its active node first. OpenBao takes audit devices from its configuration only, unless
// unsafe_allow_api_audit_creation is set: https://openbao.org/docs/configuration/audit
function refused(name: string, { why = "" }: CliError): CliError {
  const declared = /via API|declarative/i.test(why);
  return failure(kinds.auditRefused, {
    what: `Vault does not enable the audit device sys/audit/${name}`,
    why,
    fix: declared
      ? "Its server takes audit devices from its configuration alone. Where we install it (--chart openbao), vault-k8s install has it declared there, and vault-k8s rollout lets the pods read it; elsewhere declare it by hand, and leave --audit out. No secret was written."
      : "Its nodes must be able to write that file: a Vault that was installed without a volume for it takes --audit stdout, or another --audit-file. No secret was written.",
  });
}
