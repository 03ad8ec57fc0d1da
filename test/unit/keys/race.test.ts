import { expect, test } from "vitest";
import { race } from "./race.ts";

/** `npm run faults` tries more. */
const trials = Number(process.env["RACES"] ?? 6);

test("two runs with one key file: one is let in, the other is told and changes nothing, and no key is lost", async () => {
  for (let trial = 0; trial < trials; trial += 1) {
    const { let: inside, kept, said } = await race({ prepares: trial % 16, abandons: trial % 13 });
    expect({ inside, kept }, said.join("; ")).toEqual({ inside: 1, kept: true });
    expect(said.join()).toMatch(/VK1513 Another run/);
  }
}, 600_000);

test("the same where a command keeps the keys that takes its time, and fails for them", async () => {
  const fails = 'sleep 1; case "$VAULT_K8S_DOCUMENT" in probe.json) cat > probe;; *) exit 1;; esac';
  const { let: inside, kept, said } = await race({ prepares: 300, abandons: 400 }, fails);
  expect({ inside, kept }, said.join("; ")).toEqual({ inside: 1, kept: true });
}, 60_000);
