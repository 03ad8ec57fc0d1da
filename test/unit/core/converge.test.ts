import { describe, expect, it } from "vitest";
import { converge, exitFor, type RunEvent } from "../../../src/core/converge.ts";
import { CliError, NotYet, conflictKind, exitCodes } from "../../../src/core/errors.ts";
import { conflict, same, unmarked, type Diff, type Resource } from "../../../src/core/resource.ts";
import type { BoundStep } from "../../../src/core/step.ts";
import type { Check, OwnLine } from "../../../src/core/check.ts";
import { fail, missing, pass } from "../../../src/core/check.ts";

type World = Map<string, string>;
const gone = new NotYet(conflictKind, { what: "the cupboard is not there" });

/** A thing that is wanted in a world that is a map; `needs` must be there before it can be looked at. */
function thing(name: string, options: { needs?: string; diff?: Diff } = {}): Resource<World, World> & { diffs: number } {
  const self = {
    id: name,
    diffs: 0,
    diff: (world: World): Promise<Diff> => {
      self.diffs += 1;
      if (options.diff !== undefined) return Promise.resolve(options.diff);
      if (options.needs !== undefined && !world.has(options.needs)) return Promise.reject(gone);
      return Promise.resolve(world.has(name) ? same() : { kind: "create", changes: [] });
    },
    apply: (world: World) => Promise.resolve(void world.set(name, "made")),
    command: () => ({ lines: `make ${name}` }),
  };
  return self;
}

const step = (id: string, resources: readonly Resource<World, World>[], checks: readonly Check<World>[] = []): BoundStep<World, World> => ({
  id,
  title: id,
  resources,
  checks,
});

async function run(
  world: World,
  steps: readonly BoundStep<World, World>[],
  more: {
    plan?: boolean;
    signal?: AbortSignal;
    beforeWrite?: () => Promise<void>;
    around?: (work: () => Promise<void>) => Promise<void>;
    settleMs?: number;
    line?: OwnLine;
    anew?: World;
  } = {},
) {
  const events: RunEvent[] = [];
  const outcome = await converge({ steps, read: world, write: more.plan ? undefined : world, on: (event) => events.push(event), ...more });
  const results = events.flatMap((event) => (event.type === "resource" ? [`${event.id} ${event.result}`] : []));
  return { outcome, events, results };
}

describe("converge", () => {
  it("makes what is missing, in order, and says so", async () => {
    const world: World = new Map([["b", "there"]]);
    const { results } = await run(world, [step("one", [thing("a"), thing("b")]), step("two", [thing("c")])]);
    expect(results).toEqual(["a created", "b unchanged", "c created"]);
    expect([...world.keys()].sort()).toEqual(["a", "b", "c"]);
  });

  it("works within what it is given only where something is about to be written", async () => {
    const world: World = new Map();
    const seen: string[][] = [];
    const around = async (work: () => Promise<void>): Promise<void> => {
      seen.push([...world.keys()]);
      await work();
      seen.push([...world.keys()]);
    };
    await run(world, [step("one", [thing("a")])], { around, plan: true });
    await run(world, [step("one", [thing("a")])], { around });
    await run(world, [step("one", [thing("a")])], { around });
    expect(seen).toEqual([[], ["a"]]);
  });

  it("does nothing the second time, and asks each diff once", async () => {
    const world: World = new Map();
    const things = [thing("a"), thing("b")];
    await run(world, [step("one", things)]);
    for (const item of things) item.diffs = 0;
    const { results, outcome } = await run(world, [step("one", things)]);
    expect(results).toEqual(["a unchanged", "b unchanged"]);
    expect(outcome.changed).toBe(0);
    expect(things.map((item) => item.diffs)).toEqual([1, 1]);
  });

  it("plans the same work and writes nothing", async () => {
    const world: World = new Map();
    const { results, outcome } = await run(world, [step("one", [thing("a"), thing("b", { needs: "a" })])], { plan: true });
    expect(results).toEqual(["a would-create", "b pending"]);
    expect(outcome).toMatchObject({ changed: 1, pending: 1 });
    expect(world.size).toBe(0);
  });

  it("takes what is not known yet for known once the step before has run", async () => {
    const { results } = await run(new Map(), [step("one", [thing("a")]), step("two", [thing("b", { needs: "a" })])]);
    expect(results).toEqual(["a created", "b created"]);
  });

  it("reports what is not there as an error where no earlier step can make it", async () => {
    await expect(run(new Map([["x", ""]]), [step("one", [thing("x"), thing("b", { needs: "a" })])])).rejects.toBe(gone);
  });

  it("refuses every conflict at once, before anything is written", async () => {
    const world: World = new Map();
    const steps = [
      step("one", [
        thing("a"),
        thing("b", { diff: conflict("b is theirs", "take c") }),
        thing("d", { diff: conflict("d is theirs", "take e") }),
      ]),
    ];
    const error: CliError = await run(world, steps).then(
      () => expect.unreachable(),
      (reason: CliError) => reason,
    );
    expect(error.message).toBe("b is theirs\nd is theirs");
    expect(error.why).toContain("Nothing was changed");
    expect(error.kind).toBe(conflictKind);
    expect(world.size).toBe(0);
  });

  it("says each conflict once, and that what nobody marked can be taken over before anything else", async () => {
    const theirs = unmarked("b is theirs", "take c");
    const things = ["b", "d"].map((id) => thing(id, { diff: theirs }));
    const error = await run(new Map(), [step("one", things)], { line: (command) => `tool ${command} --here` }).catch(
      (reason: CliError) => reason,
    );
    expect(error).toMatchObject({
      message: "b is theirs",
      fix: "Take over what is there, after a look at what that means: tool adopt --here\ntake c",
    });
  });

  it("asks before the first write only, and not at all when nothing is to do", async () => {
    let asked = 0;
    const beforeWrite = () => Promise.resolve(void (asked += 1));
    const world: World = new Map();
    await run(world, [step("one", [thing("a"), thing("b")])], { beforeWrite });
    expect(asked).toBe(1);
    await run(world, [step("one", [thing("a"), thing("b")])], { beforeWrite });
    expect(asked).toBe(1);
  });

  it("stops between two resources when it is interrupted", async () => {
    const abort = new AbortController();
    const world: World = new Map();
    const stopper = {
      ...thing("a"),
      apply: (target: World): Promise<void> => {
        target.set("a", "made");
        abort.abort();
        return Promise.resolve();
      },
    };
    const error: CliError = await run(world, [step("one", [stopper, thing("b")])], { signal: abort.signal }).then(
      () => expect.unreachable(),
      (reason: CliError) => reason,
    );
    expect(error.kind.exit).toBe(exitCodes.interrupted);
    expect([...world.keys()]).toEqual(["a"]);
  });

  it("asks a check that settles again until it passes, and one that lacks input only once", async () => {
    let asked = 0;
    const slow: Check<World> = {
      id: "slow",
      title: "slow",
      settles: true,
      run: () => Promise.resolve(++asked < 3 ? fail("not yet", "wait") : pass()),
    };
    const lacking: Check<World> = {
      id: "lacking",
      title: "lacking",
      settles: true,
      run: () => Promise.resolve(missing("no secret", "put it")),
    };
    const { outcome } = await run(new Map(), [step("prove", [], [slow, lacking])], { settleMs: 60_000 });
    expect(asked).toBe(3);
    expect(outcome.findings.map((finding) => finding.kind)).toEqual(["pass", "missing"]);
  });

  it("asks a check that settles first of what is known, and from then on anew", async () => {
    const [known, anew] = [new Map([["asked", "known"]]), new Map([["asked", "anew"]])];
    const asked: unknown[] = [];
    const slow: Check<World> = {
      id: "slow",
      title: "slow",
      settles: true,
      run: (world) => Promise.resolve(asked.push(world.get("asked")) < 3 ? fail("not yet", "wait") : pass()),
    };
    await run(known, [step("prove", [], [slow])], { settleMs: 60_000, anew });
    expect(asked).toEqual(["known", "anew", "anew"]);
  });

  it("puts the lines of our own commands into what a check found, with what the run was told", async () => {
    const check: Check<World> = {
      id: "lacking",
      title: "lacking",
      run: () => Promise.resolve(missing("no secret", (line) => `put it: ${line("put", "a")}`)),
    };
    const told = await run(new Map(), [step("prove", [], [check])], { line: (...words) => ["tool", ...words, "--with-flags"].join(" ") });
    const fix = "put it: tool put a --with-flags";
    expect(told.outcome.findings).toEqual([{ kind: "missing", reason: "no secret", fix }]);
    expect(told.events).toContainEqual(expect.objectContaining({ type: "check", finding: { kind: "missing", reason: "no secret", fix } }));
    const bare = await run(new Map(), [step("prove", [], [check])]);
    expect(bare.outcome.findings).toMatchObject([{ fix: "put it: vault-k8s put a" }]);
  });

  it("does not prove anything in a plan that has work to do", async () => {
    const never: Check<World> = { id: "never", title: "never", run: () => expect.unreachable() };
    const { outcome } = await run(new Map(), [step("one", [thing("a")]), step("prove", [], [never])], { plan: true });
    expect(outcome.findings).toEqual([]);
  });
});

describe("exitFor", () => {
  it("is 1 for a failure, and what the command says for missing input", () => {
    expect(exitFor([pass(), fail("x", "y"), missing("x", "y")], exitCodes.differences)).toBe(1);
    expect(exitFor([pass(), missing("x", "y")], exitCodes.differences)).toBe(2);
    expect(exitFor([pass(), missing("x", "y")], exitCodes.done)).toBe(0);
    expect(exitFor([pass()], exitCodes.differences)).toBe(0);
  });
});
