import { same } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import type { Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { configuredAnnotation, tokenSecretRef } from "./token.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** Takes away the note that Vault was given the reviewer's token, so that the config is written again. */
export function forgottenReviewerToken(reviewer: ReviewerAccount): AppResource {
  const ref = tokenSecretRef(reviewer);
  return {
    id: `${objectId(ref)} annotation`,
    diff: async ({ kube }) => {
      const before = (await kube.get(ref))?.metadata.annotations?.[configuredAnnotation];
      return before === undefined ? same() : { kind: "update", changes: [{ field: configuredAnnotation, before }] };
    },
    apply: async ({ kube }: Writers) => void (await kube.patch(ref, { metadata: { annotations: { [configuredAnnotation]: null } } })),
    command: ({ kube }) => ({
      lines: `${kubectlIn(kube.context)} annotate secret ${word(ref.name)} -n ${word(reviewer.namespace)} ${configuredAnnotation}-`,
    }),
  };
}
