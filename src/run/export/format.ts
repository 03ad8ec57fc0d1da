export const formats = ["yaml", "kustomize", "argocd", "flux"] as const;
export type Format = (typeof formats)[number];

/** The scripts that make what holds secrets. */
export const shellFiles = { before: "certificate/make.sh", after: "certificate/serve.sh" } as const;
