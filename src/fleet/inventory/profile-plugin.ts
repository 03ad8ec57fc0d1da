import { z } from "zod";
import { failure, kinds } from "../../errors.ts";

/** One provider of the file. https://github.com/kubernetes-sigs/cluster-inventory-api, pkg/access */
export const providerShape = z.object({
  name: z.string(),
  execConfig: z.object({
    apiVersion: z.string(),
    command: z.string(),
    args: z.array(z.string()).nullish(),
    env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
    provideClusterInfo: z.boolean().nullish(),
  }),
  profileSourcedCLIArgsPolicy: z.enum(["", "Append", "Ignore"]).default("Ignore"),
  profileSourcedEnvVarsPolicy: z.enum(["", "AppendIfNotExists", "Replace", "Ignore"]).default("Ignore"),
});
export type Provider = z.output<typeof providerShape>;

interface Extension {
  readonly name: string;
  readonly extension?: unknown;
}

const argsName = "clusterprofiles.multicluster.x-k8s.io/exec/additional-args";
const envName = "clusterprofiles.multicluster.x-k8s.io/exec/additional-envs";

/** The plugin of a provider with what the profile adds, as far as the file lets it add anything. */
export function pluginOf({ execConfig, ...policies }: Provider, extensions: readonly Extension[], object: string): object {
  const { apiVersion, command, args, env, provideClusterInfo } = execConfig;
  const said = (name: string): unknown => extensions.find((one) => one.name === name)?.extension;
  const more = policies.profileSourcedCLIArgsPolicy === "Append" ? read(z.array(z.string()), said(argsName) ?? [], object, argsName) : [];
  return {
    apiVersion,
    command,
    args: [...(args ?? []), ...more],
    env: variables(env ?? [], policies.profileSourcedEnvVarsPolicy, () =>
      read(z.record(z.string(), z.string()), said(envName) ?? {}, object, envName),
    ),
    provideClusterInfo: provideClusterInfo ?? false,
    interactiveMode: "Never",
  };
}

type Variables = readonly { readonly name: string; readonly value: string }[];

function variables(
  own: Variables,
  policy: Provider["profileSourcedEnvVarsPolicy"],
  more: () => Readonly<Record<string, string>>,
): Variables {
  if (policy === "" || policy === "Ignore") return own;
  const mine = Object.fromEntries(own.map(({ name, value }) => [name, value]));
  const all = policy === "Replace" ? { ...mine, ...more() } : { ...more(), ...mine };
  return Object.entries(all).map(([name, value]) => ({ name, value }));
}

function read<T>(shape: z.ZodType<T>, value: unknown, object: string, name: string): T {
  const found = shape.safeParse(value);
  if (found.success) return found.data;
  throw failure(kinds.heldShape, { what: `The extension ${name} of ${object} does not have its shape`, fix: "Correct it there." });
}
