import { expect, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { HttpFailure } from "../../../src/systems/http/failure.ts";
import { activeRoute } from "../../../src/systems/vault/active.ts";
import type { VaultSite } from "../../../src/systems/vault/server.ts";
import { failsWith } from "./server.ts";

/** Pods whose state is asked for, and whose answer is always this failure. */
const site = (reason: "aborted" | "unreachable"): VaultSite => {
  const server = (name: string) => ({
    name,
    title: name,
    phase: "Running",
    saysActive: name === "vault-0",
    send: () => Promise.reject(new HttpFailure(reason, "the request was interrupted")),
  });
  return {
    title: "namespace vault",
    look: "kubectl get pods",
    servers: () => Promise.resolve(["vault-0", "vault-1"].map(server)),
  } as never;
};

test("while the active pod is looked for: an interrupt is one, and no silence of Vault's", async () => {
  const ask = (reason: "aborted" | "unreachable") => activeRoute(site(reason), { withinMs: 0 } as never).server();
  const error = await failsWith(ask("aborted"), kinds.interrupted);
  expect(error.kind.exit).toBe(130);
  await failsWith(ask("unreachable"), kinds.vaultUnreachable);
});
