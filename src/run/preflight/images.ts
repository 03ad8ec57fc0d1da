import { at, list, number, text, texts } from "../../core/values.ts";
import type { RoomNeed } from "../../systems/need.ts";
import type { Shortage } from "./room.ts";

/**
 * Images of Vault whose program bears the capability IPC_LOCK, so that a container that may not have it cannot start it, with the next that does
 * not: https://github.com/hashicorp/vault/blob/main/CHANGELOG.md
 */
const capable: ReadonlyMap<string, string> = new Map([
  ["1.19.17", "1.19.18"],
  ["1.20.11", "1.20.12"],
  ["1.21.6", "1.21.7"],
  ["2.0.1", "2.0.2"],
]);

/** "registry.test:5000/hashicorp/vault:1.21.6-ent", perhaps with a digest. */
const vaultImage = /(?:^|\/)vault(?:-enterprise)?:v?(\d+\.\d+\.\d+)(-[\w.-]+)?(?:@.*)?$/;

/** Images that are known not to start as the chart would run them. */
export const imageShortages = ({ templates, of }: RoomNeed): Shortage[] =>
  templates.flatMap(({ spec }) => list(at(spec, "containers")).flatMap((container) => imageShortage(spec, container, of)));

function imageShortage(pod: unknown, container: unknown, of: string): Shortage[] {
  const image = text(at(container, "image")) ?? "";
  const [, version = "", rest = ""] = vaultImage.exec(image) ?? [];
  const next = capable.get(version);
  if (next === undefined || mayLock(pod, container)) return [];
  return [
    {
      what: `Image ${image} of ${of} does not start as the chart runs it: its program needs the capability IPC_LOCK, or root, and its container may have neither`,
      fix: `--image-tag ${next}${rest}, which does not need it; or add the capability: --set server.statefulSet.securityContext.container.capabilities.add={IPC_LOCK}`,
    },
  ];
}

/** Whether a container may lock memory: by the capability, or as root, from which it was not taken. */
function mayLock(pod: unknown, container: unknown): boolean {
  const security = at(container, "securityContext");
  const [added, dropped] = [texts(at(security, "capabilities", "add")), texts(at(security, "capabilities", "drop"))];
  if (at(security, "privileged") === true || added.some((one) => /^(CAP_)?(IPC_LOCK|ALL)$/.test(one))) return true;
  const user = number(at(security, "runAsUser")) ?? number(at(pod, "securityContext", "runAsUser"));
  return user === 0 && !dropped.includes("ALL");
}
