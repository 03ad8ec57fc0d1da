import { isRecord } from "../../core/compare.ts";
import type { HttpAnswer } from "../http/http.ts";
import { HttpFailure } from "../http/failure.ts";
import type { VaultServer } from "./server.ts";

/** The fields of sys/health that are used, https://developer.hashicorp.com/vault/api-docs/system/health. */
export interface Health {
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly standby: boolean;
  readonly version: string;
  /** Of the Vault that it is of; a sealed server tells none. */
  readonly cluster_id?: string;
  /** Its clock, in seconds since 1970. */
  readonly server_time_utc?: number;
  /** Vault 1.16 and newer; OpenBao does not have it. */
  readonly enterprise?: boolean;
}

/** The codes are asked to be 200 for every state, since the body tells more. No namespace may be sent here. */
const path =
  "sys/health?standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200&drsecondarycode=200&haunhealthycode=200&removedcode=200";

/** The state of one server; an HttpFailure or an answer that is not Vault's is returned, not thrown. */
export async function health(server: VaultServer): Promise<Health | HttpFailure | HttpAnswer> {
  try {
    const answer = await server.send({ method: "GET", path, headers: { "X-Vault-Request": "true" } });
    return isHealth(answer.json) ? answer.json : answer;
  } catch (error) {
    if (error instanceof HttpFailure) return error;
    throw error;
  }
}

export function isHealth(value: unknown): value is Health {
  if (!isRecord(value)) return false;
  const { initialized, sealed, version, cluster_id: cluster = "" } = value;
  return (
    typeof cluster === "string" &&
    typeof initialized === "boolean" &&
    typeof sealed === "boolean" &&
    typeof version === "string" &&
    version.length < 200
  );
}

/** Whether a server of this kind knows namespaces: Vault Enterprise, and OpenBao from 2.3 on. */
export function hasNamespaces({ enterprise, version }: Health): boolean {
  if (enterprise !== undefined) return enterprise;
  if (/\+ent/.test(version)) return true;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 3);
}
