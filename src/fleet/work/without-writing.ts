import type { Work } from "../engine/here.ts";

/** The same work without a write. */
export const withoutWriting =
  (work: Work): Work =>
  (member, observer) => {
    const { spec } = member;
    return work({ ...member, spec: { ...spec, run: { ...spec.run, dryRun: true } } }, observer);
  };
