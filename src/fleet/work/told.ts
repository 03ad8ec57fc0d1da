import type { Observer } from "../../run/observer.ts";
import type { OpenOptions } from "../../run/world/open.ts";
import type { Member } from "../engine/member.ts";

/** What the world of a cluster is opened with: what it asks and notices goes to the observer. */
export const told = ({ name: cluster, systems }: Member, observer: Observer): OpenOptions => ({
  ...systems,
  onRequest: (method, target) => observer({ type: "request", cluster, method, target }),
  notice: (message) => observer({ type: "notice", cluster, message }),
});
