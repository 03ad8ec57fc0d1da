/**
 * The name that a cluster gets in Vault where nobody said one: what clouds' tools call it, without what they put around it (the ARN of EKS,
 * gke_PROJECT_PLACE_NAME). Empty where nothing is left.
 */
export function nameFrom(called: string): string {
  const last = called.split("/").at(-1) ?? called;
  const short = last.startsWith("gke_") ? (last.split("_").at(-1) ?? last) : last;
  return short
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 63);
}
