import { isRecord } from "../../core/compare.ts";

type Test = (value: unknown) => boolean;

const yesOrNo: Test = (value) => typeof value === "boolean";
/** Shares and thresholds are bytes in Vault; what is larger is not Vault's. */
const count: Test = (value) => value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255);
const words: Test = (value) => value === undefined || (typeof value === "string" && value.length <= 500);

const sealStatus: Readonly<Record<string, Test>> = {
  initialized: yesOrNo,
  sealed: yesOrNo,
  t: count,
  n: count,
  progress: count,
  type: words,
  version: words,
  storage_type: words,
  cluster_name: words,
  cluster_id: words,
};

/** Vault's API docs, /sys/seal-status, /sys/unseal, /sys/leader. */
const shapes: Readonly<Record<string, Readonly<Record<string, Test>>>> = {
  "sys/seal-status": sealStatus,
  "sys/unseal": sealStatus,
  "sys/leader": { is_self: yesOrNo, leader_address: words },
};

/** Whether an answer of a single node has the fields that are used of it, with values that Vault could give. */
export function isNodeAnswer(path: string, json: unknown): boolean {
  const shape = shapes[path];
  return shape === undefined || (isRecord(json) && Object.entries(shape).every(([field, test]) => test(json[field])));
}
