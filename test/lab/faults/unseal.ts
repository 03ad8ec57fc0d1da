import type { LabState } from "../api.ts";
import { command } from "./command.ts";
import { proven } from "./init.ts";
import { withVault, type Place, type Row } from "./points.ts";

const unseal = ["operator", "unseal"];

/** Two pods: one initialised and sealed, with its keys in custody; the other empty. */
async function sealedVault({ lab, vault, person }: Place): Promise<void> {
  const { exitCode, stderr } = await command(lab, vault, person, ["operator", "init"]);
  if (exitCode !== 0) throw new Error(stderr);
  const { root_token } = JSON.parse(person.file("init.json") ?? "") as { root_token: string };
  // It seals itself: quicker than a restart of its pod.
  await vault.ask("vault-0", "POST", "sys/seal", { token: root_token }).catch(() => undefined);
}

/** How many boundaries a whole unseal has. */
export function countUnseal(lab: LabState): Promise<number> {
  return withVault(lab, 2, async (place) => {
    await sealedVault(place);
    return (await command(lab, place.vault, place.person, unseal)).boundaries.length;
  });
}

/** Kills `operator unseal` before one of its boundaries, runs it again, and judges what is left. */
export function killUnseal(lab: LabState, at: number): Promise<Row> {
  return withVault(lab, 2, async (place) => {
    const { vault, person } = place;
    await sealedVault(place);
    const keys = person.file("init.json");
    const killed = await command(lab, vault, person, unseal, { at });
    const point = killed.boundaries.at(-1) ?? "the start";
    const found = await stateOf(place);
    if (killed.boundaries.length < at) return { point, found, result: "it was not killed", kind: "wrong" };
    const next = await command(lab, vault, person, unseal);
    if (next.exitCode !== 0) return { point, found, result: `exit ${next.exitCode}: ${next.stderr.slice(-300)}`, kind: "wrong" };
    if (person.file("init.json") !== keys) return { point, found, result: "the key file was overwritten", kind: "wrong" };
    return { point, found, ...(await together(place)) };
  });
}

async function stateOf({ vault }: Place): Promise<string> {
  const words = await Promise.all(
    vault.pods.map(async (pod) => {
      const { initialized, sealed, progress } = await vault.seal(pod);
      return !initialized ? "empty" : sealed ? `sealed${progress > 0 ? ` with ${progress} keys` : ""}` : "unsealed";
    }),
  );
  return words.join(" · ");
}

/** All pods unsealed, of one Vault, and of the Vault that the keys are of. */
async function together({ vault, person }: Place): Promise<Pick<Row, "result" | "kind">> {
  const states = await Promise.all(vault.pods.map((pod) => vault.seal(pod)));
  const { vaultClusterId } = JSON.parse(person.file("origin.json") ?? "{}") as { vaultClusterId?: string };
  if (!states.every(({ sealed, cluster_id: id }) => !sealed && id === vaultClusterId))
    return { result: "the pods are not together", kind: "wrong" };
  return proven(vault, person);
}
