import { isRecord, type Plain } from "../../core/compare.ts";

/** Fields whose value is a secret wherever they stand in a request to Vault. */
const secretFields = new Set(["jwt", "token_reviewer_jwt", "key", "password", "secret_id", "token", "data"]);

/** Every secret in a body that is sent, so that no answer can bring it back into a message. */
export function secretsIn(body: Plain | undefined, within = false): string[] {
  if (typeof body === "string" || typeof body === "number") return within && String(body).length > 3 ? [String(body)] : [];
  if (Array.isArray(body)) return (body as readonly Plain[]).flatMap((item) => secretsIn(item, within));
  if (!isRecord(body)) return [];
  return Object.entries(body).flatMap(([field, value]) => secretsIn(value, within || secretFields.has(field)));
}
