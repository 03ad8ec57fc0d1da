import type { Answer, Ask } from "../wire/exchange.ts";
import { denied, errors, refused, unknownToken, vaultIsSealed } from "./answers.ts";
import { auditRoutes } from "./audit.ts";
import { authMountRoutes } from "./auth-mounts.ts";
import { mayDo } from "./authorise.ts";
import { capabilityRoutes } from "./capabilities.ts";
import { kubernetesAuthRoutes } from "./kubernetes-auth.ts";
import { login } from "./kubernetes-login.ts";
import { kv } from "./kv.ts";
import { policyRoutes } from "./policies.ts";
import { raftRoutes } from "./raft.ts";
import { openRootGeneration, rootGeneration } from "./root-generation.ts";
import { route, type NodeRequest, type VaultRequest } from "./request.ts";
import { sealRoutes } from "./seal.ts";
import { secretMountRoutes } from "./secret-mounts.ts";
import { activeNode, statusRoutes } from "./status.ts";
import { tokenRoutes } from "./tokens.ts";

/** Paths that want a token, in the order in which they are tried. */
const routes = [
  ...tokenRoutes,
  ...capabilityRoutes,
  ...policyRoutes,
  ...authMountRoutes,
  ...auditRoutes,
  ...secretMountRoutes,
  ...raftRoutes,
  ...kubernetesAuthRoutes,
];

export function tokenIn({ headers }: Ask): string | undefined {
  const token = headers["x-vault-token"] ?? /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  return typeof token === "string" && token !== "" ? token : undefined;
}

/** Vault's order: what needs no token, sealed, login, token, policies, the path itself. */
export async function dispatch(request: NodeRequest, tokenId: string | undefined): Promise<Answer | undefined> {
  const open = route([...statusRoutes, ...sealRoutes], request);
  if (open !== undefined) return open;
  const { storage } = request.node;
  if (storage === undefined || request.node.sealed) return vaultIsSealed;
  if (activeNode(request) === undefined) return errors(500, "local node not active but active cluster node not found");
  const token = tokenId === undefined ? undefined : storage.tokens.get(tokenId);
  const full: VaultRequest = { ...request, storage, token };
  return openRootGeneration(full) ?? (await login(full)) ?? withToken(full, tokenId);
}

async function withToken(request: VaultRequest, tokenId: string | undefined): Promise<Answer> {
  if (tokenId === undefined) return refused();
  if (request.token === undefined) return unknownToken;
  if (!mayDo(request, request.token)) return denied;
  return rootGeneration(request) ?? (await route(routes, request)) ?? kv(request) ?? noHandler(request.path);
}

const noHandler = (path: string): Answer => errors(404, `no handler for route "${path}". route entry not found.`);
