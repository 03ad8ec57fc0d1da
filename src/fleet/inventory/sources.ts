import type { SourceWish } from "../../config/fleet.ts";
import { argocdSource } from "./from-argocd.ts";
import { contextsSource } from "./from-contexts.ts";
import { namedSource } from "./from-named.ts";
import { profilesSource } from "./from-profiles.ts";
import { clusterApiSource, secretsSource } from "./from-secrets.ts";
import type { SourceKind } from "./inventory.ts";
import type { Source } from "./source.ts";

/** The first wins where two name the same cluster, whatever order the file has them in. */
const order: readonly SourceKind[] = ["file", "contexts", "argocd", "clusterApi", "clusterProfiles", "secrets", "named"];

export const inOrder = (sources: readonly Source[]): Source[] => [...sources].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

/** A source that the file names. */
export function sourceOf(wish: SourceWish): Source {
  if ("contexts" in wish) return contextsSource(wish.contexts, wish.kubeconfig);
  if ("argocd" in wish) return argocdSource(wish.argocd);
  if ("clusterApi" in wish) return clusterApiSource(wish.clusterApi);
  if ("clusterProfiles" in wish) return profilesSource(wish.clusterProfiles);
  if ("named" in wish) return namedSource(wish.named);
  return secretsSource(wish.secrets);
}
