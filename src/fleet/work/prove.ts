import { converging, type Converging } from "./converge.ts";
import type { Work } from "../engine/here.ts";

/** Proofs alone: what came to its end without a failure is well. */
export const proving = (about: Converging): Work => {
  const work = converging(about);
  return async (member, observer) => {
    const { result, ...rest } = await work(member, observer);
    return { result: result === "not-well" ? result : "well", ...rest };
  };
};
