import { asList, asText, at } from "../fakes/wire/json.ts";
import type { Scene } from "./scene.ts";

/** A login with a token as the store of a wired cluster asks for one. Fails where Vault refuses it. */
export async function storeLogsIn(scene: Scene): Promise<void> {
  const store = scene.prod.objects.list("clustersecretstores.external-secrets.io")[0]!;
  const by = at(store, "spec", "provider", "vault", "auth", "kubernetes");
  const account = scene.prod.objects.get("serviceaccounts", "external-secrets", "external-secrets")!;
  const audiences = asList(at(by, "serviceAccountRef", "audiences")).map(asText);
  const world = await scene.world(await scene.spec());
  const jwt = scene.prod.tokens.bound(account, audiences, 600);
  await world.vault.login("k8s-eks-prod", asText(at(by, "role")), jwt).finally(() => world.close());
}
