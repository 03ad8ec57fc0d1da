import { same } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import type { Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { configuredAnnotation } from "./token.ts";
import { currentSecret, tokenSecretRef } from "./token-secrets.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** Takes away the note that Vault was given the reviewer's token, so that the config is written again. */
export function forgottenReviewerToken(reviewer: ReviewerAccount): AppResource {
  return {
    id: `${objectId(tokenSecretRef(reviewer))} annotation`,
    diff: async ({ kube }) => {
      const before = (await kube.get(await currentSecret({ kube }, reviewer)))?.metadata.annotations?.[configuredAnnotation];
      return before === undefined ? same() : { kind: "update", changes: [{ field: configuredAnnotation, before }] };
    },
    apply: async ({ kube }: Writers) =>
      void (await kube.patch(await currentSecret({ kube }, reviewer), { metadata: { annotations: { [configuredAnnotation]: null } } })),
    command: async ({ kube }) => ({
      lines: `${kubectlIn(kube.context)} annotate secret ${word((await currentSecret({ kube }, reviewer)).name)} -n ${word(reviewer.namespace)} ${configuredAnnotation}-`,
    }),
  };
}
