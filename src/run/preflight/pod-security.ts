import { ifAllowed } from "../../systems/allowed.ts";
import { text } from "../../core/values.ts";
import type { RoomNeed } from "../../systems/need.ts";
import type { KubeReader } from "../../systems/world.ts";
import { violations, type Level } from "./pod-standards.ts";
import type { Shortage } from "./room.ts";

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/: what a namespace enforces; without the label nothing that can be seen. */
const label = "pod-security.kubernetes.io/enforce";
const levels: ReadonlySet<string> = new Set<Level>(["baseline", "restricted"]);

/** What the namespace's Pod Security would refuse of the pods as they are rendered. */
export async function podSecurityShortages(kube: KubeReader, { namespace, of, templates, strict }: RoomNeed): Promise<Shortage[]> {
  if (templates.length === 0) return [];
  const found = await ifAllowed(
    () => kube.get({ apiVersion: "v1", kind: "Namespace", name: namespace }),
    () => undefined,
  );
  const level = text(found?.metadata.labels?.[label]);
  if (level === undefined || !levels.has(level)) return [];
  return templates.flatMap((template) => {
    const wrong = violations(template.spec, level as Level);
    return wrong.length === 0
      ? []
      : [
          {
            what: `Namespace ${namespace} enforces Pod Security ${level}, and would refuse the pods of ${template.of}, of ${of}: ${wrong.join(", ")}`,
            fix: strict ?? `Give the pods what it asks for by values, or label the namespace with another level: ${label}=privileged.`,
          },
        ];
  });
}
