import { askingTheAddress } from "../../config/spec.ts";
import { exitCodes } from "../../core/errors.ts";
import { document } from "../../systems/document.ts";
import { oneLine } from "../../systems/printable.ts";
import { version } from "../../core/version.ts";
import type { Call, Run } from "./command.ts";
import type { versionOptions } from "./own-options.ts";
import type { Servers } from "../../run/status/server-versions.ts";

/** Prints the version. Without --servers it reads no configuration, so that it works where the file is wrong. */
export const run: Run<typeof versionOptions> = async (call) => {
  const { flags, host, options } = call;
  const node = process.versions.node;
  const servers = options.servers === true ? await ofServers(call) : undefined;
  const text = [`vault-k8s ${version} (Node.js ${node})`, ...(servers === undefined ? [] : lines(servers))];
  host.streams.stdout.write(flags.output === "json" ? document("Version", { version, node, servers }) : `${text.join("\n")}\n`);
  return (servers?.skew.length ?? 0) > 0 ? exitCodes.differences : exitCodes.done;
};

async function ofServers(call: Call): Promise<Servers> {
  const [{ prepare }, { openWorld }, { serverVersions }, { worldOptions }] = await Promise.all([
    import("./prepare.ts"),
    import("../../run/world/open.ts"),
    import("../../run/status/server-versions.ts"),
    import("./world-options.ts"),
  ]);
  const prepared = await prepare(call);
  const { spec } = prepared;
  const world = await openWorld(askingTheAddress(spec), worldOptions(call, prepared));
  try {
    return await world.look((read) => serverVersions(read, spec));
  } finally {
    await world.close();
  }
}

function lines({ helm, kubernetes, vault, operator, skew, unknown }: Servers): string[] {
  const row = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [`${name.padEnd(10)} ${oneLine(value)}`]);
  return [
    ...row("helm", helm),
    ...row("Kubernetes", kubernetes),
    ...row("Vault", vault?.join(", ") || undefined),
    ...row("operator", operator && `${operator.kind} ${operator.version ?? ""}`),
    ...unknown.map(({ what, why, code }) => `${what.join(", ")}: not known: ${oneLine(why)} (${code})`),
    ...skew.map(({ what, version: found, why }) => `! ${what} ${oneLine(found)}: ${why}`),
  ];
}
