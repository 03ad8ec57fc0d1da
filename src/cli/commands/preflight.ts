import { exitCodes, type ExitCode } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { preflightDocument, preflightText } from "../render/preflight.ts";
import type { CallWith, Run } from "./command.ts";
import type { preflightOptions } from "./own-options.ts";
import { preflightOf } from "../../run/preflight/of-run.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { stepsFor } from "../../run/which-steps.ts";
import { worldOptions } from "./world-options.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

/** Says all at once what bootstrap needs and does not have; or what grants everything that it does. */
export const run: Run<typeof preflightOptions> = async (call) => {
  const prepared = await prepareForCluster(call);
  requireOne(call);
  const { openWorld } = await import("../../run/world/open.ts");
  const world = await openWorld(prepared.spec, worldOptions(call, prepared));
  try {
    const steps = await boundSteps(stepsFor(call.command.steps, prepared.spec), prepared.spec);
    return await world.look(async (read) => {
      const about = preflightOf(read, prepared.spec, steps);
      if (call.options.rbac === true || call.options.vaultPolicy === true) return await grants(call, prepared, about);
      return await missing(prepared, about);
    });
  } finally {
    await world.close();
  }
};

type PreflightCall = CallWith<typeof preflightOptions>;
type About = ReturnType<typeof preflightOf>;

function requireOne({ options, flags }: PreflightCall): void {
  const [rbac, policy] = [options.rbac === true, options.vaultPolicy === true];
  const wrong = (what: string, fix: string) => failure(kinds.usage, { what, fix });
  if (rbac && policy)
    throw wrong("--rbac and --vault-policy both want standard output", "Pass only one of them, then run the command again with the other.");
  if (options.for !== undefined && !rbac) throw wrong("--for says who gets the roles of --rbac", "Add --rbac, or leave --for out.");
  if ((rbac || policy) && flags["output"] === "json")
    throw wrong("-o json does not go with --rbac or --vault-policy", "What they print is YAML and HCL: leave -o json out.");
}

async function missing({ cluster, spec, terminal }: ForCluster, about: About): Promise<ExitCode> {
  const { preflight, todoOf } = await import("../../run/preflight/preflight.ts");
  const todo = await todoOf(about.read, about.steps);
  const found = await preflight({ ...about, tries: true, todo: (resource) => todo.has(resource) });
  const shown = { cluster, context: about.read.kube.context, vault: about.read.vault.describe(), found };
  terminal.out(spec.run.output === "json" ? preflightDocument(shown) : preflightText(shown, terminal));
  return found.exit;
}

async function grants({ options }: PreflightCall, { terminal }: ForCluster, about: About): Promise<ExitCode> {
  const { fullPolicy, fullRbac } = await import("../../run/preflight/preflight.ts");
  if (options.vaultPolicy === true) terminal.out(await fullPolicy(about));
  else {
    const manifests = await fullRbac(about, options.for);
    terminal.out(manifests.map(({ context, yaml }) => `# ${kubectlIn(context)} apply -f -\n${yaml}`).join("---\n"));
  }
  return exitCodes.done;
}
