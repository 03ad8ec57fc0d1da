import { expect, onTestFinished, test } from "vitest";
import { addressRoute, addressServer } from "../../../src/systems/vault/address.ts";
import { vaultClient } from "../../../src/systems/vault/client.ts";
import type { LogAnswer } from "../../../src/systems/world.ts";
import { canary, serve } from "./server.ts";

const line = (accessor: string, words: string): string =>
  `2026-11-24T21:06:18.695Z [DEBUG] auth.kubernetes.${accessor}: login unauthorized: err="${words}"\n`;

/** Watches a Vault whose log says `pieces` when the test does what it watches for. */
async function watch(pieces: readonly string[], status = 200): Promise<{ answer: LogAnswer; closed: () => boolean }> {
  let closed = false;
  let say = (_text: string): void => undefined;
  const { url } = await serve((_, response) => {
    response.on("close", () => (closed = true));
    if (status !== 200) return { status, json: { errors: ["1 error occurred:\n\t* permission denied\n\n"] } };
    response.writeHead(200);
    response.flushHeaders();
    say = (text) => void response.write(text);
    return undefined;
  });
  const agents = new Set<{ destroy(): void }>();
  onTestFinished(() => agents.forEach((agent) => agent.destroy()));
  const client = vaultClient({
    route: addressRoute(addressServer(url, { env: {}, timeoutMs: 5_000, agents: agents as never })),
    namespace: undefined,
    token: () => Promise.resolve(canary),
    patience: {},
  });
  const answer = await client.watchLog({
    keep: "auth_kubernetes_1",
    hide: ["a.jwt.of"],
    during: () => Promise.resolve(pieces.forEach((piece) => say(piece))),
  });
  return { answer, closed: () => closed };
}

test("keeps the lines of one mount, put together from pieces, without the secrets that stand in them", async () => {
  const whole = line("auth_kubernetes_2", "of another") + line("auth_kubernetes_1", `no: a.jwt.of ${canary}`);
  const { answer, closed } = await watch([whole.slice(0, 30), whole.slice(30, 150), whole.slice(150)]);
  expect(answer).toMatchObject({ kind: "heard", lines: [expect.stringContaining('login unauthorized: err="no: [hidden] [hidden]"')] });
  await expect.poll(closed).toBe(true);
});

test("a log that says nothing of it, and a token that may not read it", async () => {
  expect((await watch([line("auth_kubernetes_2", "of another")])).answer).toEqual({ kind: "heard", lines: [] });
  expect((await watch([], 403)).answer).toEqual({ kind: "denied", reason: "sys/monitor answered 403" });
  expect((await watch([], 404)).answer).toMatchObject({ kind: "not-heard" });
});
