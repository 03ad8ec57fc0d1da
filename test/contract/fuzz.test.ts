import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fieldNames, table } from "../../src/config/keys.ts";
import { commands } from "../../src/cli/commands/table.ts";
import type { StepId } from "../../src/config/step-id.ts";
import { patience, tries } from "../unit/fuzz/chance.ts";
import { run } from "./run.ts";
import { explained } from "../unit/fuzz/chance.ts";
import type { Scene } from "./scene.ts";
import { impatient, order, type Stages } from "./stages.ts";
import { typed } from "./typed.ts";

let scene: Scene;
let stages: Stages;
beforeAll(async () => {
  ({ scene, stages } = await impatient());
});
afterAll(() => scene.close());

describe("flags", () => {
  const names = fieldNames.flatMap((name) => [`--${table[name].flag}`, `--no-${table[name].flag}`]);
  // Files of this machine are read where a flag names them; that is not what is looked for.
  const words = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ...commands.flatMap(({ name }) => name.split(" ")),
        "help",
        "--help",
        "-o",
        "json",
        "-v",
        "-q",
        "-",
        "--",
        "-f",
        "--cas",
        "--from-json",
        "--from-file",
      ),
    },
    { weight: 4, arbitrary: fc.constantFrom(...names) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "prod",
        "5",
        "-1",
        "1e99",
        "30s",
        "https://vault.example",
        "a=b",
        "a/b",
        "../..",
        "__proto__",
        "",
        " ",
        "\u001b[2J",
        "${cluster}",
        "x".repeat(2_000),
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }).filter((word) => !word.includes("\0")) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...names), fc.string({ maxLength: 8 })).map(([name, text]) => `${name}=${text}`) },
  );

  test(
    "whatever is typed, the program ends with a code and without a stack",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(words, { maxLength: 8 }), async (argv) => {
          const env = { HOME: join(scene.folder, "home"), KUBECONFIG: join(scene.folder, "not-there"), LANG: "C.UTF-8" };
          const { exit, stderr } = await typed(argv, { env, cwd: scene.folder });
          expect([0, 1, 2, 64, 65, 69, 75, 77]).toContain(exit);
          expect(stderr).not.toMatch(/A bug in vault-k8s|\n\s+at |node:internal/);
          // oxlint-disable-next-line no-control-regex
          expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        }),
        tries(150),
      );
    },
    patience,
  );
});

describe("answers of servers", () => {
  const key = fc.constantFrom(
    "data",
    "auth",
    "errors",
    "warnings",
    "request_id",
    "keys",
    "metadata",
    "items",
    "status",
    "spec",
    "kind",
    "name",
    "labels",
    "annotations",
    "token",
    "type",
    "options",
    "version",
    "initialized",
    "sealed",
    "t",
    "n",
    "progress",
    "is_self",
    "conditions",
    "containers",
    "policy",
    "accessor",
    "description",
    "ca.crt",
    "capabilities",
    "message",
    "reason",
    "details",
    "continue",
    "code",
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: "small" },
      fc.string({ maxLength: 6 }),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.constant(null),
      fc.constant("Status"),
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(key, tie("json"), { maxKeys: 6 }),
    ),
  }));
  const named = fc.dictionary(key, json).map((rest) => ({ ...rest, metadata: { name: "x", ...(rest["metadata"] as object | null) } }));
  const answer = fc.record({
    status: fc.constantFrom(200, 200, 200, 200, 201, 400, 403, 404, 409, 422, 429, 500),
    body: fc.oneof(json, named),
    first: fc.nat({ max: 12 }),
  });

  test.each(order)(
    "whatever a server says, %s ends with an explanation, and writes no secret",
    async (id: StepId) => {
      await fc.assert(
        fc.asyncProperty(answer, fc.boolean(), async ({ status, body, first }, plan) => {
          await stages.before(id);
          let seen = 0;
          const said = { kind: "answer", status, body: JSON.stringify(body), headers: { "content-type": "application/json" } } as const;
          scene.line.break(() => (seen++ >= first ? said : undefined));
          const { error } = await run(scene, { spec: stages.spec, ids: [id], plan, timeoutMs: 2_000 });
          scene.line.mend();
          if (error !== undefined) explained(error);
        }),
        { ...tries(8), endOnFailure: true },
      );
    },
    patience,
  );
});
