import { asList, asObject, asText, at } from "../wire/json.ts";
import type { Objects } from "./objects.ts";

/** The garbage collector: what has owners goes when none of them is there any more, and then what that owned. */
export function collect(objects: Objects): void {
  for (;;) {
    const all = objects.everything();
    const uids = new Set(all.map(([, object]) => asText(at(object, "metadata", "uid"))));
    const left = all.filter(([, object]) => {
      const owners = asList(at(object, "metadata", "ownerReferences")).map((owner) => asText(asObject(owner)["uid"]));
      return owners.length > 0 && !owners.some((uid) => uids.has(uid));
    });
    if (left.length === 0) return;
    for (const [key] of left) {
      const [resource = "", namespace = "", name = ""] = key.split("|");
      objects.remove(resource, namespace === "" ? undefined : namespace, name);
    }
  }
}
