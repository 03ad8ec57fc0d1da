import type { Readers } from "../../systems/world.ts";
import type { NodeState } from "../nodes/states.ts";

/** What the mark of an init means for a Vault that is initialised. */
type MarkOf =
  | { readonly kind: "none" }
  | { readonly kind: "nothing lost"; readonly why: string }
  | { readonly kind: "proof"; readonly node: string | undefined }
  | { readonly kind: "lost" };

/** @param states of the nodes, of which some is initialised. Throws VK1513 while another run may go on with it. */
export async function markOf({ keys }: Readers, states: readonly NodeState[]): Promise<MarkOf> {
  const begun = await keys.underWay();
  if (begun === undefined) return { kind: "none" };
  if (!begun.sent) return { kind: "nothing lost", why: "begun, not sent: somebody else initialised this Vault" };
  if (!(await keys.initWasLost())) return { kind: "proof", node: begun.node };
  return states.some(({ state }) => state === "unsealed")
    ? { kind: "nothing lost", why: "no answer arrived, and Vault is unsealed: somebody else has its keys" }
    : { kind: "lost" };
}
