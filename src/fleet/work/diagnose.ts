import { askingTheAddress } from "../../config/spec.ts";
import { diagnose } from "../../run/diagnosis.ts";
import { openWorld } from "../../run/world/open.ts";
import type { Findings } from "../../doctor/examine.ts";
import type { Work } from "../engine/here.ts";
import type { Result } from "../report/record.ts";
import { told } from "./told.ts";

/** Finds for each cluster why logins or syncs fail. What is found is a failure of its own kind: clusters with the same one are told together. */
export const diagnosing: Work = async (member, observer) => {
  const world = await openWorld(askingTheAddress(member.spec), told(member, observer));
  try {
    const { context, server } = world.kube;
    observer({ type: "target", cluster: member.name, context, server, vault: world.vault.describe() });
    await world.kube.clusterUid();
    return resultOf(await world.look((read) => diagnose(member.commandLines, member.spec, read)));
  } finally {
    await world.close();
  }
};

function resultOf({ causes, symptoms, said }: Findings): Result {
  const first = causes.find(({ aside }) => aside !== true) ?? causes[0];
  if (first !== undefined) {
    const { code, title, evidence, mend } = first;
    return { result: "failed", failure: { code, what: title, why: evidence.join("\n"), fix: mend.command } };
  }
  if (symptoms.length === 0) return { result: "well" };
  return { result: "not-well", note: [...symptoms, ...(said === undefined ? [] : [said])].join("; ") };
}
