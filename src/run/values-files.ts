import type { Spec } from "../config/spec.ts";
import type { AppBoundStep } from "../systems/step.ts";

/**
 * Looks at the values files of what a run installs. Helm would find a mistake only after the first writes.
 * @throws CliError VK1305 with line and column.
 */
export async function checkValuesFiles(steps: readonly AppBoundStep[], { vault, consumers }: Spec, cwd: string): Promise<void> {
  const has = (wanted: string): boolean => steps.some(({ id }) => id === wanted);
  const files = [
    ...(has("install") ? vault.install.valuesFiles : []),
    ...(has("external-secrets") ? consumers.flatMap(({ valuesFiles }) => valuesFiles) : []),
  ];
  if (files.length === 0) return;
  const helm = await import("../systems/helm/values.ts");
  await helm.checkValuesFiles(files, cwd);
}
