import { createHmac, randomBytes } from "node:crypto";

/** Never leaves this process: with it, or with a plain hash, a weak password could be guessed from what a plan shows. */
const key = randomBytes(32);

/** Stands for a secret value: equal for equal values within this run, and good for nothing else. One of a fingerprint is the same. */
export const fingerprint = (value: string): string =>
  /^fingerprint [0-9a-f]{12}$/.test(value) ? value : `fingerprint ${createHmac("sha256", key).update(value).digest("hex").slice(0, 12)}`;

/** A text with the fingerprints of any run made alike, so that what two runs found can be compared. */
export const withoutFingerprints = (text: string): string => text.replace(/\bfingerprint [0-9a-f]{12}\b/g, "(hidden)");
