import { command, type Fault, type FaultRun, type Person } from "./command.ts";
import { inFile, type Keeping, type Keeps } from "./keeping.ts";
import type { Place, Row, Vaults } from "./points.ts";
import { proven } from "./proven.ts";
import type { Seal } from "./vaults.ts";

/** One Vault, one person, and where they have their keys kept. */
interface Scene extends Place {
  readonly keeping: Keeping;
}

const runInit = ({ vault, person, keeping }: Scene, fault?: Fault, more: readonly string[] = []): Promise<FaultRun> =>
  command(vault, person, ["operator", "init", ...keeping.flags, ...more], fault);

const withScene = <T>(vaults: Vaults, keeps: Keeps, work: (scene: Scene) => Promise<T>): Promise<T> =>
  vaults.with((place) => work({ ...place, keeping: keeps(place.person) }));

/** The boundaries of a whole init. */
export const initBoundaries = (vaults: Vaults, keeps: Keeps = inFile): Promise<readonly string[]> =>
  withScene(vaults, keeps, async (scene) => (await runInit(scene)).boundaries);

/** Kills `operator init` before one of its boundaries, runs it again, and judges what is left. */
export function killInit(vaults: Vaults, at: number, keeps: Keeps = inFile): Promise<Row> {
  return withScene(vaults, keeps, async (scene) => {
    const killed = await runInit(scene, { at });
    const ended = killed.boundaries.length < at;
    const row = await judge(scene, { at, point: ended ? "it had ended" : (killed.boundaries.at(-1) ?? "") });
    return ended && row.kind === "goes on" && killed.exitCode === 0 ? { ...row, kind: "ended" } : row;
  });
}

/** Something that goes wrong with a run that is not killed. */
export interface Harm<K extends Keeping> {
  readonly title: string;
  readonly keeps: (person: Person) => K;
  readonly fault: Fault;
  /** Makes it go wrong. What it returns mends it, before the next run. */
  readonly begin: (person: Person, keeping: K) => () => void;
  /** Where the next run too says that the keys are not everywhere: what a person does about it. */
  readonly help?: (keeping: K) => void;
  /** Called when all is over. */
  readonly end?: (person: Person) => void;
}

/** `operator init` while something else goes wrong; it is not killed. */
export function harmInit<K extends Keeping>(vaults: Vaults, { title, keeps, fault, begin, help, end }: Harm<K>): Promise<Row> {
  return vaults.with(async (place) => {
    const keeping = keeps(place.person);
    const scene = { ...place, keeping };
    const mend = begin(place.person, keeping);
    try {
      const first = await runInit(scene, fault);
      mend();
      const point = { at: 0, point: `${title}: exit ${first.exitCode}${codeIn(first)}` };
      return await judge(scene, point, help === undefined ? undefined : () => help(keeping));
    } finally {
      end?.(place.person);
    }
  });
}

export const codeIn = ({ stderr }: FaultRun): string => / VK\d{4}/.exec(stderr)?.[0] ?? "";

/** What was there before the next run. */
interface Before {
  readonly seal: Seal;
  readonly keys: string | undefined;
}

/** Runs the same command again, and looks whether every key is there and none was made twice. */
async function judge(scene: Scene, point: Pick<Row, "at" | "point">, help?: () => void): Promise<Row> {
  const { vault, keeping } = scene;
  const before = { seal: await vault.seal("vault-0"), keys: keeping.keys() };
  const found = stateOf(scene, before);
  const wrong = (result: string): Row => ({ ...point, found, result, kind: "wrong" });
  const locked = await whileLocked(scene, before);
  if (locked !== undefined) return wrong(locked);
  const next = await runInit(scene);
  if (before.seal.initialized && askedForInit(next)) return wrong("a second init was sent");
  if (before.keys !== undefined && keeping.keys() !== before.keys) return wrong("the keys were overwritten");
  return { ...point, found, ...(await outcome(scene, next, help)) };
}

export const askedForInit = ({ boundaries }: FaultRun): boolean => boundaries.some((name) => /^(POST|PUT) \/v1\/sys\/init/.test(name));

/** Vault's answer, where an interrupted run left it. */
const answerOf = ({ person }: Scene): string | undefined => person.file("init.json.answer")?.trim() || undefined;

/** A run that finds the place locked changes nothing, and takes nothing for lost that is there. Undefined where it cannot be locked. */
async function whileLocked(scene: Scene, { keys }: Before): Promise<string | undefined> {
  const open = scene.keeping.lock?.();
  if (open === undefined) return undefined;
  const ran = await runInit(scene);
  open();
  if (askedForInit(ran)) return "an init was sent while the store was locked";
  if (ran.stderr.includes("VK1503") && (keys ?? answerOf(scene)) !== undefined)
    return "VK1503 while the store was locked: the keys are there";
  return scene.keeping.keys() === keys ? undefined : "the keys were changed while the store was locked";
}

/** The mark, and how far it says that the init came. */
function markIn({ person }: Scene): string | undefined {
  const text = person.file("init.json.under-way");
  return text === undefined ? undefined : `mark (${(JSON.parse(text) as { state?: string }).state})`;
}

function stateOf(scene: Scene, { seal: { initialized, sealed, progress }, keys }: Before): string {
  const room = scene.person.file("init.json.answer") === undefined ? undefined : "room";
  const files = [
    scene.person.file("init.json.lock") === undefined ? undefined : "lock",
    markIn(scene),
    answerOf(scene) === undefined ? room : "answer",
    keys === undefined ? undefined : "keys",
  ].filter((word) => word !== undefined);
  const pod = !initialized ? "pod empty" : sealed ? `pod sealed${progress > 0 ? ` with ${progress} keys` : ""}` : "pod unsealed";
  return `${pod}, ${files.join(" and ") || "no file"}`;
}

async function outcome(scene: Scene, next: FaultRun, help?: () => void): Promise<Pick<Row, "result" | "kind">> {
  if (next.exitCode === 0) return proven(scene.vault, scene.person, scene.keeping.keys());
  const code = codeIn(next).trim();
  if (code === "VK1512" && help !== undefined) return afterHelp(scene, help);
  if (next.exitCode !== 1 || code !== "VK1503") return { result: `exit ${next.exitCode}: ${next.stderr.slice(-300)}`, kind: "wrong" };
  if ((scene.keeping.keys() ?? answerOf(scene)) !== undefined || scene.person.file("init.json.answer") === undefined)
    return { result: "VK1503 although the keys are there", kind: "wrong" };
  const wiped = await runInit(scene, undefined, ["--wipe-lost", "eks-prod"]);
  if (wiped.exitCode !== 0)
    return { result: `VK1503, and the wipe ended with ${wiped.exitCode}: ${wiped.stderr.slice(-300)}`, kind: "wrong" };
  const after = await proven(scene.vault, scene.person, scene.keeping.keys());
  return after.kind === "goes on" ? { result: "VK1503: lost on the wire; wiped when told to, initialised anew", kind: "lost" } : after;
}

/** The keys are safe, and a person has to help. */
async function afterHelp(scene: Scene, help: () => void): Promise<Pick<Row, "result" | "kind">> {
  if (answerOf(scene) === undefined) return { result: "VK1512, and the answer is not there", kind: "wrong" };
  help();
  const last = await runInit(scene);
  if (last.exitCode !== 0) return { result: `VK1512, then exit ${last.exitCode}: ${last.stderr.slice(-300)}`, kind: "wrong" };
  if (askedForInit(last)) return { result: "a second init was sent", kind: "wrong" };
  const after = await proven(scene.vault, scene.person, scene.keeping.keys());
  return after.kind === "goes on"
    ? { ...after, result: `VK1512: keys safe, another document is in their place; without it ${after.result}` }
    : after;
}
