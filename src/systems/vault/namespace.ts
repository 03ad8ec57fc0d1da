import { failure, kinds } from "../../errors.ts";
import { Answers } from "../asked-once/answers.ts";
import { hasNamespaces, health, isHealth } from "./health.ts";
import type { VaultRoute } from "./server.ts";

/**
 * Community Edition ignores X-Vault-Namespace and would work in the root namespace. So, where a namespace is set, the server
 * is asked once what it is, before anything else is sent.
 * @returns a function that throws CliError VK1213 when the server has no namespaces.
 */
export function namespaceGuard(route: VaultRoute, namespace: string | undefined): () => Promise<void> {
  if (namespace === undefined) return () => Promise.resolve();
  const answers = new Answers();
  return () => answers.lasting("namespaces", () => guard(route, namespace));
}

async function guard(route: VaultRoute, namespace: string): Promise<void> {
  const server = await route.server();
  const state = await health(server);
  // What does not answer here will not answer the request either, and is explained there.
  if (!isHealth(state) || hasNamespaces(state)) return;
  throw failure(kinds.vaultNamespace, {
    what: `Vault ${state.version} has no namespaces, but ${namespace} is set (${server.title})`,
    why: "Only Vault Enterprise and OpenBao from 2.3 on have them; others would write to the root namespace.",
    fix: "Leave out --vault-namespace, and unset VAULT_NAMESPACE.",
  });
}
