import type { PreflightOf } from "./preflight.ts";
import type { Readers } from "../../systems/world.ts";
import { CliError } from "../../core/errors.ts";
import type { Spec } from "../../config/spec.ts";
import { kinds } from "../../errors.ts";
import type { AppBoundStep, AppResource } from "../../systems/step.ts";
import { lackLines } from "./lines.ts";

/** What a preflight of these steps is about. */
export function preflightOf(read: Readers, { vault, wiring, consumers }: Spec, steps: readonly AppBoundStep[]): Omit<PreflightOf, "todo"> {
  const { kubernetesSecret, holders } = vault.keys;
  const keySecrets = [
    ...(kubernetesSecret === undefined ? [] : [kubernetesSecret]),
    ...holders.flatMap(({ location }) => (location.kind === "kubernetes" ? [location] : [])),
  ];
  return { read, steps, consumers, host: wiring.apiServer, pods: { namespace: vault.install.namespace, keySecrets } };
}

/** Stops a run, before its first write, for all that it lacks. @throws CliError VK1605 */
export async function refuseLacks(about: Omit<PreflightOf, "todo">, todo: (resource: AppResource) => boolean): Promise<void> {
  const { preflight } = await import("./preflight.ts");
  const found = await preflight({ ...about, todo });
  const lines = lackLines(found);
  if (lines.length === 0) return;
  throw new CliError(
    { ...kinds.lacking, exit: found.exit },
    {
      what: lines.length === 1 ? "Something that the run needs is missing" : `${lines.length} things that the run needs are missing`,
      why: lines.join("\n"),
      fix: "Nothing was written. vault-k8s preflight, with the same flags, also prints the roles and the policy that grant what is missing; --no-preflight goes on all the same.",
    },
  );
}

/** For a refusal that a run met while it only looked: all that it lacks. Gives the refusal back where nothing else is found. */
export async function wholeRefusal(error: unknown, about: Omit<PreflightOf, "todo">): Promise<unknown> {
  if (!(error instanceof CliError) || (error.kind !== kinds.kubeForbidden && error.kind !== kinds.vaultDenied)) return error;
  const { todoOf } = await import("./preflight.ts");
  const todo = await todoOf(about.read, about.steps);
  return refuseLacks(about, (resource) => todo.has(resource)).then(
    () => error,
    (whole: unknown) => whole,
  );
}
