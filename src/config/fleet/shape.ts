import { z } from "zod";
import { clusterName, dnsLabel } from "../rules.ts";

/** A text of which a rule says what it must be like. */
const ruled = (rule: (text: string) => string | undefined, pattern: string) =>
  z
    .string()
    .check((context) => {
      const words = rule(context.value);
      if (words !== undefined) context.issues.push({ code: "custom", message: words, input: context.value });
    })
    .meta({ pattern });

const selector = z.string().min(1).describe("Label selector, as kubectl takes it");
const namespace = z.string().min(1).describe("Namespace that is looked in; without it all");
const hub = {
  context: z.string().min(1).optional().describe("Context of the cluster that holds them (default: as kubectl chooses one)"),
  kubeconfig: z.string().min(1).optional().describe("Kubeconfig file of that context"),
};

const contexts = z.strictObject({
  contexts: z.array(z.string().min(1)).min(1).describe("Names of contexts; * stands for any characters, / and : too"),
  kubeconfig: z.array(z.string().min(1)).min(1).optional().describe("Kubeconfig files (default: KUBECONFIG, then ~/.kube/config)"),
});
const argocd = z.strictObject({
  argocd: z
    .strictObject({
      ...hub,
      namespace: namespace.optional().describe("Namespace of Argo CD (default: argocd)"),
      selector: selector.optional(),
    })
    .describe("Cluster Secrets of Argo CD"),
});
const clusterApi = z.strictObject({
  clusterApi: z
    .strictObject({ ...hub, namespace: namespace.optional(), selector: selector.optional() })
    .describe("Kubeconfig Secrets of Cluster API"),
});
const clusterProfiles = z.strictObject({
  clusterProfiles: z
    .strictObject({
      ...hub,
      namespace: namespace.optional(),
      selector: selector.optional(),
      providers: z.string().min(1).describe("File that says which program gives the credentials of each access provider"),
    })
    .describe("ClusterProfile objects of multicluster.x-k8s.io"),
});
const secrets = z.strictObject({
  secrets: z
    .strictObject({
      ...hub,
      namespace: namespace.optional(),
      selector,
      key: z.string().min(1).default("value").describe("Key of the Secret that holds the kubeconfig"),
    })
    .describe("Secrets that hold a kubeconfig, as Rancher, Sveltos, Gardener and vcluster keep them"),
});

const objectName = z
  .string()
  .regex(/^[^/]+\/[^/]+$/)
  .describe("NAMESPACE/NAME");
const named = z.strictObject({
  named: z
    .strictObject({
      ...hub,
      argocd: z.array(objectName).default([]).describe("Cluster Secrets of Argo CD"),
      kubeconfigs: z
        .array(z.strictObject({ secret: objectName, key: z.string().min(1) }))
        .default([])
        .describe("Secrets that hold a kubeconfig"),
    })
    .describe("Secrets one by one, for who may get these and list none: fleet schedule writes it"),
});

const program = z.strictObject({
  path: z.string().regex(/^\//).describe("The program that is run, as an absolute path"),
  env: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
    .default([])
    .describe("Variables that it gets, from the credentials or from this process"),
});

/** The part `fleet` of vault-k8s.yaml, but for its defaults, which are settings. */
export const fleetShape = z.strictObject({
  name: ruled(dnsLabel, "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
    .max(24)
    .optional()
    .describe("Name of the fleet; it stands in the mark of each mount"),
  sources: z
    .array(z.union([contexts, argocd, clusterApi, clusterProfiles, secrets, named]))
    .default([])
    .describe("Where clusters come from; those of this file come first"),
  names: z
    .record(z.string(), ruled(clusterName, "^[a-z0-9][a-z0-9._-]{0,62}$"))
    .default({})
    .describe("Names in Vault, by what a source calls a cluster"),
  exec: z
    .record(z.string().regex(/^[^/\s=]+$/), z.union([z.string().regex(/^\//), program]))
    .default({})
    .describe("Programs that credentials out of Secrets and objects may have run, by their plain name"),
  allowInsecure: z.boolean().default(false).describe("Also take clusters whose server is not checked"),
});

export type FleetShape = z.output<typeof fleetShape>;
export type SourceWish = FleetShape["sources"][number];
