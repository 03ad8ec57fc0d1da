import { waitFor } from "../machine/wait.ts";
import { command } from "./command.ts";
import type { Place, Row, Vaults } from "./points.ts";
import { proven } from "./proven.ts";

const unseal = ["operator", "unseal"];

/** Two pods: one initialised and sealed, with its keys in custody; the other empty. */
async function sealedVault({ vault, person }: Place): Promise<void> {
  const { exitCode, stderr } = await command(vault, person, ["operator", "init"]);
  if (exitCode !== 0) throw new Error(stderr);
  const { root_token } = JSON.parse(person.file("init.json") ?? "") as { root_token: string };
  // It seals itself, which is quicker than a restart of its pod; right after init it is a standby for a moment, and may not yet.
  await waitFor("vault-0 seals itself", 30, async () => {
    await vault.ask("vault-0", "POST", "sys/seal", { token: root_token }).catch(() => undefined);
    return (await vault.seal("vault-0")).sealed;
  });
}

/** The boundaries of a whole unseal. */
export const unsealBoundaries = (vaults: Vaults): Promise<readonly string[]> =>
  vaults.with(async (place) => {
    await sealedVault(place);
    return (await command(place.vault, place.person, unseal)).boundaries;
  });

/** Kills `operator unseal` before one of its boundaries, runs it again, and judges what is left. */
export function killUnseal(vaults: Vaults, at: number): Promise<Row> {
  return vaults.with(async (place) => {
    const { vault, person } = place;
    await sealedVault(place);
    const keys = person.file("init.json");
    const killed = await command(vault, person, unseal, { at });
    const ended = killed.boundaries.length < at;
    const row = { at, point: ended ? "it had ended" : (killed.boundaries.at(-1) ?? ""), found: await stateOf(place) };
    const next = await command(vault, person, unseal);
    if (next.exitCode !== 0) return { ...row, result: `exit ${next.exitCode}: ${next.stderr.slice(-300)}`, kind: "wrong" };
    if (person.file("init.json") !== keys) return { ...row, result: "the key file was overwritten", kind: "wrong" };
    const outcome = await together(place);
    return { ...row, ...outcome, ...(ended && killed.exitCode === 0 && outcome.kind === "goes on" && { kind: "ended" }) };
  });
}

async function stateOf({ vault }: Place): Promise<string> {
  const words = await Promise.all(
    vault.pods.map(async (pod) => {
      const { initialized, sealed, progress } = await vault.seal(pod);
      return !initialized ? "empty" : sealed ? `sealed${progress > 0 ? ` with ${progress} keys` : ""}` : "unsealed";
    }),
  );
  return words.join(", ");
}

/** All pods unsealed, of one Vault, and of the Vault that the keys are of. */
async function together({ vault, person }: Place): Promise<Pick<Row, "result" | "kind">> {
  const states = await Promise.all(vault.pods.map((pod) => vault.seal(pod)));
  const { vaultClusterId } = JSON.parse(person.file("init.json.origin") ?? "{}") as { vaultClusterId?: string };
  if (!states.every(({ sealed, cluster_id: id }) => !sealed && id === vaultClusterId))
    return { result: "the pods are not together", kind: "wrong" };
  return proven(vault, person);
}
