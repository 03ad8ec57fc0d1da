import type { Spec } from "../../config/spec.ts";
import type { Call } from "./command.ts";

/**
 * Looks at the values files of what is to be installed. Helm would find a mistake only after the first writes.
 * @throws CliError VK1305 with line and column.
 */
export async function checkValuesFiles({ command, host }: Call, { vault, consumers }: Spec): Promise<void> {
  const ofVault = command.steps.includes("install") ? vault.install.valuesFiles : [];
  const ofOperator = command.steps.includes("external-secrets") ? consumers.flatMap(({ valuesFiles }) => valuesFiles) : [];
  const files = [...ofVault, ...ofOperator];
  if (files.length === 0) return;
  const helm = await import("../../systems/helm/values.ts");
  await helm.checkValuesFiles(files, host.cwd);
}
