import { askingTheAddress, type Spec } from "../../config/spec.ts";
import { lookAtCluster } from "../../run/status/look.ts";
import type { ClusterStatus } from "../../run/status/schema.ts";
import { openWorld } from "../../run/world/open.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import type { Work } from "../engine/here.ts";
import type { Result } from "../report/record.ts";
import { told } from "./told.ts";

/** Looks at each cluster, as status does. A cluster that cannot be asked is a failure; what is not as it should be is not. */
export const looking =
  (stepsOf: (spec: Spec) => Promise<readonly AppBoundStep[]>): Work =>
  async (member, observer) => {
    const { spec, name } = member;
    const world = await openWorld(askingTheAddress(spec), told(member, observer));
    try {
      const { context, server } = world.kube;
      observer({ type: "target", cluster: name, context, server, vault: world.vault.describe() });
      return seen(await lookAtCluster(world, spec, await stepsOf(spec), true));
    } finally {
      await world.close();
    }
  };

function seen(status: ClusterStatus): Result {
  const { failure, ok, steps, stores, secrets } = status;
  if (failure !== undefined) return { result: "failed", failure, status };
  const bad = [
    ...steps.filter(({ state }) => state !== "ok").map(({ id, state }) => `${id} ${state}`),
    ...[...stores, ...secrets].filter(({ ready }) => !ready).map(({ name }) => `${name} not ready`),
  ];
  return { result: ok ? "well" : "not-well", ...(bad.length > 0 && { note: bad.join(", ") }), status };
}
