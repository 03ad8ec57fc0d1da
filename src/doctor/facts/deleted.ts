import type { LoginFact, ReadResult } from "../../consumers/diagnosis/evidence.ts";
import { fact, valueOf } from "../../core/fact.ts";
import { at, number, text } from "../../core/values.ts";
import type { VaultReader } from "../../systems/world.ts";

/** A read that found nothing, with the version that was deleted there, as far as the run's own token may see it. */
async function withDeletion(vault: VaultReader, read: ReadResult): Promise<ReadResult> {
  if (read.kind !== "absent") return read;
  return { ...read, deleted: valueOf(await fact(() => deletedAt(vault, read.path.replace("/data/", "/metadata/")))) };
}

/** KV version 2 keeps a deleted version until it is destroyed: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 */
async function deletedAt(vault: VaultReader, path: string): Promise<number | undefined> {
  const answer = await vault.get(path);
  const newest = number(answer?.data["current_version"]);
  const version = at(answer?.data["versions"], String(newest));
  return text(at(version, "deletion_time")) !== undefined && at(version, "destroyed") === false ? newest : undefined;
}

/** The same of all that a login read; `but` is a name that nobody has. */
export async function withDeletions(vault: VaultReader, login: LoginFact, but: string): Promise<LoginFact> {
  return { ...login, reads: await Promise.all(login.reads.map((read) => (read.path === but ? read : withDeletion(vault, read)))) };
}
