import { fateOf } from "../../../src/core/holder.ts";
import { isHolder } from "../../../src/core/holder-shape.ts";
import { waitFor } from "../machine/wait.ts";
import type { Person } from "./command.ts";
import type { Row } from "./points.ts";
import type { Vault } from "./vaults.ts";

/** The keys that are kept must be those of this Vault: it was unsealed with them, and knows the root token. Nothing is left of what was interrupted. */
export async function proven(vault: Vault, person: Person, kept = person.file("init.json")): Promise<Pick<Row, "result" | "kind">> {
  const keys = JSON.parse(kept ?? "{}") as { root_token?: string; unseal_keys_b64?: string[] };
  if ((await vault.seal("vault-0")).sealed) return { result: "the pod is sealed", kind: "wrong" };
  await known(vault, keys.root_token ?? "");
  const left = ["init.json.under-way", "init.json.answer", "init.json.probe", "init.json.vault-k8s.tmp"].filter(
    (name) => person.file(name) !== undefined,
  );
  // A run that is killed as it lets go leaves its lock, and a next one with nothing to write takes none: it must be of a run that is surely gone.
  if (!isStale(person.file("init.json.lock"))) left.push("init.json.lock");
  if (left.length > 0) return { result: `left behind: ${left.join(", ")}`, kind: "wrong" };
  if (keys.unseal_keys_b64?.length !== 5) return { result: "not all keys are there", kind: "wrong" };
  return { result: "goes on: keys kept and proven", kind: "goes on" };
}

function isStale(lock: string | undefined): boolean {
  const holder: unknown = lock === undefined ? undefined : JSON.parse(lock);
  return lock === undefined || (isHolder(holder) && fateOf(holder) === "gone");
}

/** A Vault that was just unsealed looks tokens up only when it is active. */
const known = (vault: Vault, token: string): Promise<unknown> =>
  waitFor("the root token is known to Vault", 30, () => vault.ask("vault-0", "GET", "auth/token/lookup-self", { token }).catch(notActive));

function notActive(error: unknown): undefined {
  if (error instanceof Error && error.message.includes("not active")) return undefined;
  throw error;
}
