import type { Probe } from "../same-as-real.ts";
import { get, keepField, post, remove, vault } from "./words.ts";

const attempt = "sys/generate-root/attempt";
const key = Buffer.alloc(33, 7).toString("base64");

/** Root generation up to Vault 1.21, where it wants no token: an attempt that is begun, gets what is no key of it, and is cancelled. */
export const vaultRoot: readonly Probe[] = [
  vault("no root generation", get(attempt, ""), 200, {
    is: { started: false, nonce: "", progress: 0, required: 3, complete: false, otp: "" },
    has: { otp_length: "number", request_id: "nothing" },
  }),
  vault("a key for none", post("sys/generate-root/update", { key, nonce: "x" }, ""), 400, { says: /no root generation in progress/ }),
  vault("beginning one", post(attempt, {}, ""), 200, {
    is: { started: true, progress: 0, required: 3 },
    has: { nonce: "text", otp: "text" },
    keep: keepField("attempt", "nonce"),
  }),
  vault("beginning another", post(attempt, {}, ""), 400, { says: /root generation already in progress/ }),
  vault("how it is", get(attempt, ""), 200, { is: { started: true, progress: 0, otp: "" }, has: { nonce: "text" } }),
  vault("a key with another nonce", post("sys/generate-root/update", { key, nonce: "x" }, ""), 400, { says: /incorrect nonce supplied/ }),
  vault("a key", ({ attempt: nonce }) => post("sys/generate-root/update", { key, nonce }, ""), 200, {
    is: { started: true, complete: false, progress: 1, required: 3, encoded_token: "" },
  }),
  vault("the same again", ({ attempt: nonce }) => post("sys/generate-root/update", { key, nonce }, ""), 400, {
    says: /already been provided/,
  }),
  vault("cancelling it", remove(attempt), 204),
  vault("cancelling none", remove(attempt), 204),
];
