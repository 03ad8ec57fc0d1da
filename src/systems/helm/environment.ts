import { failure, kinds } from "../../errors.ts";
import { isOurs } from "../kube/exec-plugin.ts";

/** Variables by which helm would act on another cluster or namespace, or as somebody else, than the rest of the run. https://helm.sh/docs/helm/helm/ */
const elsewhere = /^HELM_(KUBE|NAMESPACE$)/;

/**
 * The environment of helm: none of our Vault variables, and nothing that leads it to another cluster than `--kube-context` names.
 * @throws CliError VK1306 where helm is told to keep releases elsewhere than in Secrets: whose a release is stands in their labels.
 */
export function helmEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const driver = env["HELM_DRIVER"] ?? "";
  if (!["", "secret", "secrets"].includes(driver.toLowerCase()))
    throw failure(kinds.helmDriver, {
      what: `HELM_DRIVER is ${JSON.stringify(driver.slice(0, 40))}, and vault-k8s reads releases from Secrets alone`,
      why: "Whose a release is, and how it was made, stands in the labels of its Secret.",
      fix: "unset HELM_DRIVER",
    });
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isOurs(entry[0]) && !elsewhere.test(entry[0]),
  );
  return Object.fromEntries(kept);
}
