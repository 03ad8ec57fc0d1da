/**
 * Writes a number into Vault and reads it back, over and over, until standard input ends; then prints what came of it. It runs on the lab's
 * network, with VAULT_ADDR and VAULT_TOKEN, and the CA in NODE_EXTRA_CA_CERTS.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { LoadResult } from "./load.ts";

const url = `${process.env["VAULT_ADDR"]}/v1/kv/data/load/${process.pid}`;
const headers = { "x-vault-token": process.env["VAULT_TOKEN"] ?? "", "content-type": "application/json", connection: "close" };

const ended = new AbortController();
process.stdin.on("end", () => ended.abort()).resume();

const result: LoadResult = { written: 0, read: 0, failed: 0, lost: 0, longestPauseMs: 0, lastFailure: "" };

/** One exchange. What Vault took is there from then on, whoever leads. */
async function turn(number: number): Promise<void> {
  const signal = AbortSignal.timeout(2_000);
  const put = await fetch(url, { method: "POST", headers, signal, body: JSON.stringify({ data: { number } }) });
  if (!put.ok) throw new Error(`write: ${put.status} ${await put.text()}`);
  result.written += 1;
  const got = await fetch(url, { headers, signal });
  if (!got.ok) throw new Error(`read: ${got.status} ${await got.text()}`);
  const { data } = (await got.json()) as { data: { data: { number: number } } };
  result.read += 1;
  if (data.data.number !== number) result.lost += 1;
}

let last = performance.now();
const pause = (): void => void (result.longestPauseMs = Math.max(result.longestPauseMs, Math.round(performance.now() - last)));

for (let number = 1; !ended.signal.aborted; number += 1) {
  try {
    await turn(number);
    pause();
    last = performance.now();
  } catch (error) {
    result.failed += 1;
    result.lastFailure = String(error).slice(0, 300);
  }
  await delay(50);
}
pause();
console.log(JSON.stringify(result));
process.exit(0);
