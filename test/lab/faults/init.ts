import { rmSync } from "node:fs";
import { join } from "node:path";
import type { LabState } from "../api.ts";
import { command, type Fault, type FaultRun, type Person } from "./command.ts";
import { withVault, type Place, type Row } from "./points.ts";
import type { Seal, Vault } from "./vaults.ts";

const init = ["operator", "init"];

/** Kills `operator init` before one of its boundaries, runs it again, and judges what is left. */
export function killInit(lab: LabState, at: number): Promise<Row> {
  return withVault(lab, 1, async (place) => {
    const killed = await command(lab, place.vault, place.person, init, { at });
    return judge(place, killed.boundaries.at(-1) ?? "the start", killed.boundaries.length < at ? "it was not killed" : undefined);
  });
}

/** `operator init` while something else goes wrong; it is not killed. */
export function harmInit(lab: LabState, title: string, fault: Fault, prepare: (person: Person) => () => void): Promise<Row> {
  return withVault(lab, 1, async (place) => {
    const undo = prepare(place.person);
    try {
      const first = await command(lab, place.vault, place.person, init, fault);
      rmSync(join(place.person.data, "full"), { force: true });
      return { ...(await judge(place, title)), point: `${title}: exit ${first.exitCode}${codeIn(first)}` };
    } finally {
      undo();
    }
  });
}

const codeIn = ({ stderr }: FaultRun): string => / VK\d{4}/.exec(stderr)?.[0] ?? "";

async function judge({ lab, vault, person }: Place, point: string, wrong?: string): Promise<Row> {
  const before = { seal: await vault.seal("vault-0"), keys: person.file("init.json") };
  const found = stateOf(person, before.seal);
  const next = await command(lab, vault, person, init);
  const askedAgain = next.boundaries.some((name) => name.startsWith("POST /v1/sys/init"));
  if (wrong !== undefined) return { point, found, result: wrong, kind: "wrong" };
  if (before.seal.initialized && askedAgain) return { point, found, result: "a second init was sent", kind: "wrong" };
  if (before.keys !== undefined && person.file("init.json") !== before.keys)
    return { point, found, result: "the key file was overwritten", kind: "wrong" };
  return { point, found, ...(await outcome({ lab, vault, person }, next)) };
}

function stateOf(person: Person, { initialized, sealed, progress }: Seal): string {
  const answer = person.file("init-answer.json")?.trim();
  const files = [
    person.file("init-under-way.json") === undefined ? undefined : "mark",
    answer === undefined ? undefined : answer === "" ? "room" : "answer",
    person.file("init.json") === undefined ? undefined : "keys",
  ].filter((word) => word !== undefined);
  const pod = !initialized ? "pod empty" : sealed ? `pod sealed${progress > 0 ? ` with ${progress} keys` : ""}` : "pod unsealed";
  return `${pod}, ${files.join(" and ") || "no file"}`;
}

async function outcome(place: Place, next: FaultRun): Promise<Pick<Row, "result" | "kind">> {
  const { lab, vault, person } = place;
  if (next.exitCode === 0) return proven(vault, person);
  if (next.exitCode !== 1 || !next.stderr.includes("VK1503"))
    return { result: `exit ${next.exitCode}: ${next.stderr.slice(-300)}`, kind: "wrong" };
  if (person.file("init.json") !== undefined || person.file("init-answer.json")?.trim() !== "")
    return { result: "VK1503 although the keys are there", kind: "wrong" };
  const wiped = await command(lab, vault, person, [...init, "--wipe-lost", "eks-prod"]);
  if (wiped.exitCode !== 0)
    return { result: `VK1503, and the wipe ended with ${wiped.exitCode}: ${wiped.stderr.slice(-300)}`, kind: "wrong" };
  const after = await proven(vault, person);
  return after.kind === "goes on" ? { result: "VK1503: lost on the wire; wiped when told to, initialised anew", kind: "lost" } : after;
}

/** The keys that are kept must be those of this Vault: it was unsealed with them, and knows the root token. */
export async function proven(vault: Vault, person: Person): Promise<Pick<Row, "result" | "kind">> {
  const keys = JSON.parse(person.file("init.json") ?? "{}") as { root_token?: string; unseal_keys_b64?: string[] };
  const states = await Promise.all(vault.pods.map((pod) => vault.seal(pod)));
  if (states[0]?.sealed !== false) return { result: "the pod is sealed", kind: "wrong" };
  await vault.ask("vault-0", "GET", "auth/token/lookup-self", { token: keys.root_token ?? "" });
  const left = ["init-under-way.json", "init-answer.json", "probe.json"].filter((name) => person.file(name) !== undefined);
  if (left.length > 0 || keys.unseal_keys_b64?.length !== 5) return { result: `left behind: ${left.join(", ")}`, kind: "wrong" };
  return { result: "goes on: keys kept and proven", kind: "goes on" };
}
