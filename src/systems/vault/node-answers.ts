import { isRecord } from "../../core/compare.ts";

type Test = (value: unknown) => boolean;

const yesOrNo: Test = (value) => typeof value === "boolean";
const maybe =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
/** Shares and thresholds are bytes in Vault; what is larger is not Vault's. */
const count: Test = (value) => value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255);
const words: Test = (value) => value === undefined || (typeof value === "string" && value.length <= 500);

const sealStatus: Readonly<Record<string, Test>> = {
  initialized: yesOrNo,
  sealed: yesOrNo,
  t: count,
  n: count,
  progress: count,
  nonce: words,
  type: words,
  version: words,
  storage_type: words,
  cluster_name: words,
  cluster_id: words,
};

/** OpenBao leaves out what is false, zero or empty, but never all of it. */
const leader: Readonly<Record<string, Test>> = { ha_enabled: maybe(yesOrNo), is_self: maybe(yesOrNo), leader_address: words };
const saysSomething: Readonly<Record<string, readonly string[]>> = { "sys/leader": Object.keys(leader) };

/** Vault's API docs, /sys/seal-status, /sys/unseal, /sys/leader. */
const shapes: Readonly<Record<string, Readonly<Record<string, Test>>>> = {
  "sys/seal-status": sealStatus,
  "sys/unseal": sealStatus,
  "sys/leader": leader,
};

/** Whether an answer of a single node has the fields that are used of it, with values that Vault could give. */
export function isNodeAnswer(path: string, json: unknown): boolean {
  const shape = shapes[path];
  if (shape === undefined) return true;
  if (!isRecord(json) || !Object.entries(shape).every(([field, test]) => test(json[field]))) return false;
  return saysSomething[path]?.some((field) => field in json) ?? true;
}
