import { randomBytes, randomUUID } from "node:crypto";
import type { JsonObject } from "../wire/json.ts";
import { parsePolicy, type Rule } from "./acl.ts";
import { defaultPolicy } from "./default-policy.ts";

export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly displayName: string;
  readonly policies: readonly string[];
  readonly parent: string | undefined;
  /** Seconds from its last renewal, or from its creation; 0 for ever. */
  readonly ttl: number;
  /** The same when it was made. */
  readonly firstTtl: number;
  /** Seconds; 0 for a token that is not periodic. */
  readonly period: number;
  readonly created: number;
  readonly renewed: number | undefined;
  readonly path: string;
  readonly meta: JsonObject | null;
}

export interface AuthMount {
  readonly type: string;
  readonly accessor: string;
  readonly uuid: string;
  description: string;
  config: JsonObject;
  /** Of a Kubernetes mount: its configuration and its roles. */
  kubernetes: JsonObject | undefined;
  readonly roles: Map<string, JsonObject>;
}

export interface AuditDevice {
  readonly type: string;
  readonly description: string;
  readonly options: JsonObject;
}

export interface Version {
  readonly data: JsonObject | null;
  readonly created: string;
}

export interface SecretMount {
  readonly type: string;
  readonly accessor: string;
  readonly uuid: string;
  description: string;
  config: JsonObject;
  options: JsonObject | null;
  /** Requests that are still answered with the message of the upgrade to version 2. */
  upgrading: number;
  readonly secrets: Map<string, Version[]>;
}

/** What is stored once for all nodes of a cluster: made by init, shared by joining. */
export class Storage {
  readonly clusterId = randomUUID();
  readonly clusterName = `vault-cluster-${randomBytes(4).toString("hex")}`;
  readonly shares: readonly string[];
  readonly threshold: number;
  readonly tokens = new Map<string, Token>();
  /** Every token that was ever given, revoked ones too: tests look for them where they should not stand. */
  readonly issued: string[] = [];
  readonly policies = new Map<string, { readonly text: string; readonly rules: readonly Rule[] }>();
  readonly auth = new Map<string, AuthMount>();
  readonly mounts = new Map<string, SecretMount>();
  readonly audit = new Map<string, AuditDevice>();
  /** Members of the raft by name, whether they run or not, each with how many more questions it has no vote for. */
  readonly peers = new Map<string, number>();

  /** How its tokens begin. */
  readonly tokenPrefix: string;

  constructor(shares: number, threshold: number, tokenPrefix: string) {
    this.tokenPrefix = tokenPrefix;
    this.shares = Array.from({ length: shares }, () => randomBytes(33).toString("hex"));
    this.threshold = threshold;
    this.policies.set("default", { text: defaultPolicy, rules: parsePolicy(defaultPolicy) });
    this.auth.set("token/", newAuthMount("token", "token based credentials"));
    for (const [path, type, description] of systemMounts) this.mounts.set(path, newSecretMount(type, description, null));
  }

  /** A new token; it dies with `parent`, where it has one. */
  issue(of: {
    displayName: string;
    policies: readonly string[];
    path: string;
    parent?: string;
    ttl?: number;
    period?: number;
    meta?: JsonObject;
  }): Token {
    const token: Token = {
      id: `${this.tokenPrefix}${randomBytes(18).toString("base64url")}`,
      accessor: randomBytes(12).toString("base64url"),
      created: Date.now(),
      displayName: of.displayName,
      policies: of.policies,
      path: of.path,
      parent: of.parent,
      ttl: of.ttl ?? 0,
      firstTtl: of.ttl ?? 0,
      renewed: undefined,
      period: of.period ?? 0,
      meta: of.meta ?? null,
    };
    this.tokens.set(token.id, token);
    this.issued.push(token.id);
    return token;
  }

  /** Forgets a token and all that were made with it. */
  revoke(id: string): void {
    this.tokens.delete(id);
    for (const token of this.tokens.values()) if (token.parent === id) this.revoke(token.id);
  }
}

const systemMounts = [
  ["cubbyhole/", "cubbyhole", "per-token private secret storage"],
  ["identity/", "identity", "identity store"],
  ["sys/", "system", "system endpoints used for control, policy and debugging"],
] as const;

export const newAuthMount = (type: string, description: string): AuthMount => ({
  type,
  description,
  accessor: `auth_${type}_${randomBytes(4).toString("hex")}`,
  uuid: randomUUID(),
  config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0, token_type: "default-service" },
  kubernetes: undefined,
  roles: new Map(),
});

export const newSecretMount = (type: string, description: string, options: JsonObject | null): SecretMount => ({
  type,
  description,
  options,
  accessor: `${type}_${randomBytes(4).toString("hex")}`,
  uuid: randomUUID(),
  config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
  upgrading: 0,
  secrets: new Map(),
});
