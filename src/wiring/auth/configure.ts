import type { Spec } from "../../config/spec.ts";
import type { Say } from "../../core/resource.ts";
import type { Writers } from "../../systems/world.ts";
import { clusterCa } from "../cluster-ca.ts";
import { authMount } from "../mounts.ts";
import type { Reviewing } from "../reviewer/kind.ts";
import { readable } from "./config-body.ts";
import { reviewAddress } from "./kubernetes-host.ts";
import { proveReview } from "./prove-review.ts";

/** Proves that Vault could review so, writes the whole config, and notes which token Vault was given. @throws CliError VK1602 */
export async function configure(
  write: Writers,
  { wiring: { apiServer, authMount: path } }: Spec,
  reviewing: Reviewing,
  say: Say,
): Promise<void> {
  const [{ accessor }, address] = await Promise.all([authMount(write, path), reviewAddress(write, apiServer, reviewing.ca)]);
  const { jwt, proof } = await reviewing.ready(write);
  if (apiServer.proof) await proveReview(write, { ...address, ca: address.ca || (await clusterCa(write)) }, proof, say);
  await write.vault.post(`auth/${path}/config`, {
    ...readable(address, reviewing.ownPod),
    ...(jwt !== undefined && { token_reviewer_jwt: jwt }),
  });
  await reviewing.given?.configured(write, accessor);
}
