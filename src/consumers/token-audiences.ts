import type { LoginSpec } from "../config/spec/consumer.ts";
import { failure, kinds } from "../errors.ts";
import { texts } from "../core/values.ts";
import { jwtClaims } from "../systems/jwt-claims.ts";
import { onSubresource, type KubeNeed } from "../systems/need.ts";
import type { KubeReader, Readers } from "../systems/world.ts";

type Audiences = Pick<LoginSpec, "audience" | "reviewsItself">;

/**
 * What the tokens of a login are for: the role's audience, and the API server where they review themselves. None stands for the API server
 * alone. Documented at Vault's docs, "Kubernetes auth method", "Use the Vault client's JWT as the reviewer JWT".
 */
export async function tokenAudiences({ kube }: Pick<Readers, "kube">, { audience, reviewsItself }: Audiences): Promise<readonly string[]> {
  if (audience === undefined) return [];
  return reviewsItself ? [audience, await apiServerAudience(kube)] : [audience];
}

/** What it asks for that. */
export const toKnowAudiences = ({ audience, reviewsItself }: Audiences): KubeNeed[] =>
  reviewsItself && audience !== undefined
    ? onSubresource({ apiVersion: "v1", kind: "ServiceAccount", ...anyAccount }, "token", ["create"])
    : [];

/** One that every cluster has. */
const anyAccount = { namespace: "default", name: "default" } as const;

/**
 * The audience that the API server takes itself for: a token that is asked for without one has it, and nothing else tells it.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
async function apiServerAudience(kube: KubeReader): Promise<string> {
  const [first] = texts([jwtClaims(await kube.serviceAccountToken(anyAccount, [], 600))?.["aud"]].flat());
  if (first !== undefined) return first;
  throw failure(kinds.badValue, {
    what: "The API server's own audience is not known",
    why: "A token that it gave without an audience names none.",
    fix: "Choose another --reviewer, or --audience '' for logins without one.",
  });
}
