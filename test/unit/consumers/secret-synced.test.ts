import { describe, expect, test } from "vitest";
import type { Found } from "../../../src/core/check.ts";
import { exactJson } from "../../../src/core/exact-json.ts";
import { secretSynced } from "../../../src/consumers/secret-synced.ts";
import { kindOf } from "../../../src/consumers/kinds.ts";
import type { Readers } from "../../../src/systems/world.ts";
import { specFrom } from "../spec.ts";

interface Case {
  /** As Vault sends it. */
  readonly held: string;
  readonly data: Readonly<Record<string, string | null>>;
  /** NAME[=PATH][#KEY,…] */
  readonly secret?: string;
  readonly operator?: "eso" | "kes";
  /** What the ExternalSecret has besides what we write. */
  readonly spec?: object;
  readonly status?: object;
  readonly immutable?: boolean;
}

const synced = { conditions: [{ type: "Ready", status: "True", reason: "SecretSynced", message: "secret synced" }] };

async function look({ held, data, secret = "app", operator = "eso", spec = {}, status = synced, immutable }: Case): Promise<Found> {
  const all = await specFrom({ cluster: "prod", secrets: [secret], operator });
  const [consumer] = all.consumers;
  const { objects } = kindOf(consumer);
  const [wanted] = consumer.secrets;
  if (objects === undefined || wanted === undefined) throw new Error("no secret");
  const made = objects.secret(wanted, all.wiring, "external-secrets") as object;
  const base64 = Object.entries(data).map(([key, value]) => [key, value === null ? null : Buffer.from(value).toString("base64")]);
  const answers: Readonly<Record<string, object>> = {
    Secret: { metadata: { name: "app" }, data: Object.fromEntries(base64), ...(immutable !== undefined && { immutable }) },
    ExternalSecret: { metadata: { name: "app", generation: 1 }, spec: { ...made, ...spec }, status },
  };
  const read = {
    vault: { get: () => Promise.resolve({ data: { data: exactJson(held), metadata: {} }, warnings: [] }) },
    kube: { context: "prod", get: ({ kind }: { kind: string }) => Promise.resolve(answers[kind]), served: () => Promise.resolve([]) },
  } as unknown as Readers;
  return secretSynced({ objects: { ...objects, versions: ["v1"] }, kv: all.wiring.kv, secret: wanted }).run(read);
}

const equal = { kind: "pass", detail: "the values are equal" };

// What External Secrets 0.20.4 writes was taken down from Go's encoding/json and strconv with the same input.
describe("a Secret as External Secrets writes it is called right", () => {
  test.each<[string, Case]>([
    ["a key with a space", { held: '{"DB PASSWORD":"p"}', data: { DB_PASSWORD: "p" } }],
    ["a key with a slash, and one beyond ASCII", { held: '{"a/b":"p","c😀d":"q"}', data: { a_b: "p", c_d: "q" } }],
    ["null", { held: '{"n":null}', data: { n: "" } }],
    ["null, as an API server that keeps it", { held: '{"n":null}', data: { n: null } }],
    ["a key with a space by its name", { held: '{"DB PASSWORD":"p"}', secret: "app#DB PASSWORD", data: { DB_PASSWORD: "p" } }],
    ["null by its name", { held: '{"n":null}', secret: "app#n", data: { n: "" } }],
    ["an address in an object", { held: '{"cfg":{"url":"https://h/?a=1&b=2"}}', data: { cfg: '{"url":"https://h/?a=1\\u0026b=2"}' } }],
    ["less, greater and line separators", { held: '{"c":["<>","\\u2028\\u2029"]}', data: { c: '["\\u003c\\u003e","\\u2028\\u2029"]' } }],
    ["a text alone has no escapes", { held: '{"u":"a&b<c>\\u2028"}', data: { u: "a&b<c>\u2028" } }],
    ["keys that look like numbers", { held: '{"m":{"10":"x","9":"y"}}', data: { m: '{"10":"x","9":"y"}' } }],
    [
      "keys in the order of their bytes",
      { held: '{"m":{"b":1,"\\uffee":2,"😀":3,"B":4}}', data: { m: '{"B":4,"b":1,"\uffee":2,"😀":3}' } },
    ],
    ["control characters", { held: '{"c":{"a":"\\b\\f\\u0001\\u007f\\t"}}', data: { c: '{"a":"\\b\\f\\u0001\u007f\\t"}' } }],
    ["control characters by an older Go", { held: '{"c":{"a":"\\\\b\\b\\f"}}', data: { c: '{"a":"\\\\b\\u0008\\u000c"}' } }],
    ["an empty object, an empty list, true", { held: '{"o":{},"l":[],"t":true}', data: { o: "{}", l: "[]", t: "true" } }],
    ["a decimal by its name", { held: '{"ratio":1.10}', secret: "app#ratio", data: { ratio: "1.10" } }],
    ["20 digits by their name", { held: '{"ratio":12345678901234567890}', secret: "app#ratio", data: { ratio: "12345678901234567890" } }],
    ["an object by its name keeps digits", { held: '{"c":{"r":1.10}}', secret: "app#c", data: { c: '{"r":1.10}' } }],
    ["a decimal among all keys is a float64", { held: '{"ratio":1.10}', data: { ratio: "1.1" } }],
    ["digits among all keys as Vault holds them", { held: '{"big":12345678901234567890}', data: { big: "12345678901234567890" } }],
    ["20 digits among all keys", { held: '{"big":12345678901234567890}', data: { big: "12345678901234567000" } }],
    [
      "exponents",
      {
        held: '{"a":1e21,"b":-1.5e-7,"c":[1e21,-1.5e-7,-0]}',
        data: { a: "1000000000000000000000", b: "-0.00000015", c: "[1e+21,-1.5e-7,-0]" },
      },
    ],
    ["a path of names", { held: '{"cfg":{"list":[{"n":7},"x"]}}', secret: "app#cfg.list.0.n", data: { "cfg.list.0.n": "7" } }],
    ["a key with a dot before a path", { held: '{"a.b":"key","a":{"b":"path"}}', secret: "app#a.b", data: { "a.b": "key" } }],
    ["a decimal at a path", { held: '{"a":{"b":1.10}}', secret: "app#a.b", data: { "a.b": "1.1" } }],
    [
      "Unicode keys",
      {
        held: '{"a b":"x"}',
        data: { a_U0020_b: "x" },
        spec: { dataFrom: [{ extract: { key: "k8s/prod/app", conversionStrategy: "Unicode" } }] },
      },
    ],
    [
      "a path that names the mount",
      { held: '{"a":"x"}', data: { a: "x" }, spec: { dataFrom: [{ extract: { key: "kv/data/k8s/prod/app" } }] } },
    ],
    [
      "a part of it",
      {
        held: '{"db":{"u":"x"}}',
        data: { db: '{"u":"x"}', u: "x" },
        spec: { dataFrom: [{ extract: { key: "k8s/prod/app" } }, { extract: { key: "k8s/prod/app", property: "db" } }] },
      },
    ],
    [
      "a template of labels alone",
      { held: '{"a":"x"}', data: { a: "x" }, spec: { target: { name: "app", template: { metadata: { labels: {} } } } } },
    ],
  ])("%s", async (_, given) => expect(await look(given)).toEqual(equal));
});

describe("kubernetes-external-secrets writes as Node does", () => {
  test.each<[string, Case]>([
    ["null", { held: '{"n":null}', data: { n: "null" } }],
    ["a decimal", { held: '{"ratio":1.10}', data: { ratio: "1.1" } }],
    ["an object", { held: '{"m":{"10":"x","9":"y&z"}}', data: { m: '{"9":"y&z","10":"x"}' } }],
    ["a path of names", { held: '{"a":{"b":"x"}}', secret: "app#a.b", data: { "a.b": "x" } }],
  ])("%s", async (_, given) => expect(await look({ ...given, operator: "kes" })).toEqual(equal));

  test("a key that Kubernetes does not take", async () =>
    expect(await look({ held: '{"DB PASSWORD":"p"}', data: {}, operator: "kes" })).toMatchObject({ kind: "fail", final: true }));
});

describe("other values are other values", () => {
  test.each<[string, Case]>([
    ["a text", { held: '{"a":"new"}', data: { a: "old" } }],
    ["null is not the word", { held: '{"n":null}', data: { n: "null" } }],
    ["a key is missing", { held: '{"a":"x","b":"y"}', data: { a: "x" } }],
    ["escapes that JavaScript writes", { held: '{"c":{"u":"a&b"}}', data: { c: '{"u":"a&b"}' } }],
    ["other digits", { held: '{"r":1.10}', secret: "app#r", data: { r: "1.1" } }],
    ["a name of every object", { held: '{"constructor":"x"}', data: {} }],
  ])("%s", async (_, given) => {
    const found = await look(given);
    expect(found).toMatchObject({ kind: "fail", reason: expect.stringContaining("holds other values than Vault") as string });
    expect(found).not.toHaveProperty("final");
  });
});

describe("what cannot be compared is said to be that", () => {
  const extract = { key: "k8s/prod/app" };
  test.each<[string, object, string]>([
    ["a template", { target: { name: "app", template: { data: { a: "{{ .a }}" } } } }, "template"],
    ["a template from a ConfigMap", { target: { name: "app", template: { templateFrom: [{ configMap: {} }] } } }, "template"],
    ["find", { dataFrom: [{ find: { name: { regexp: ".*" } } }] }, "find"],
    ["binary", { dataFrom: [{ extract: { ...extract, decodingStrategy: "Base64" } }] }, "binary"],
    ["rewritten keys", { dataFrom: [{ extract, rewrite: [{ regexp: { source: "a", target: "b" } }] }] }, "rewritten"],
    ["another secret besides", { dataFrom: [{ extract }, { extract: { key: "k8s/prod/other" } }] }, "k8s/prod/other"],
    ["a version", { dataFrom: [{ extract: { ...extract, version: "3" } }] }, "version"],
    ["an expression", { dataFrom: null, data: [{ secretKey: "a", remoteRef: { ...extract, property: "list.#" } }] }, "expression"],
  ])("%s", async (_, spec, word) => {
    const found = await look({ held: '{"a":"x"}', data: { a: "other" }, spec });
    expect(found).toEqual({ kind: "unproven", reason: expect.stringContaining(word) as string });
  });

  test("where the operator is not content, its words are said", async () => {
    const status = { conditions: [{ type: "Ready", status: "False", reason: "SecretSyncedError", message: "could not apply template" }] };
    const spec = { target: { name: "app", template: { data: { a: "{{ .a" } } } };
    expect(await look({ held: '{"a":"x"}', data: { a: "x" }, spec, status })).toMatchObject({
      reason: expect.stringContaining("could not apply template") as string,
    });
  });
});

describe("what cannot come true is not waited for", () => {
  test.each<[string, Case, string]>([
    ["two keys that become one", { held: '{"a b":"x","a/b":"y"}', data: {} }, "a_b"],
    ["a key that no Secret takes", { held: '{"schlüssel":"x"}', data: {} }, "schlüssel"],
    ["a number beyond float64", { held: '{"a":[{"n":1E400}]}', data: {} }, "1E400"],
    ["another name of the Secret", { held: '{"a":"x"}', data: {}, spec: { target: { name: "other" } } }, "other"],
    ["no Secret at all", { held: '{"a":"x"}', data: {}, spec: { target: { creationPolicy: "None" } } }, "None"],
    [
      "an ExternalSecret of other keys",
      {
        held: '{"a":"x","b":"y"}',
        data: { a: "x" },
        spec: { dataFrom: null, data: [{ secretKey: "a", remoteRef: { key: "k8s/prod/app", property: "a" } }] },
      },
      "does not bring all",
    ],
    [
      "an ExternalSecret of another secret",
      { held: "{}", data: {}, spec: { dataFrom: null, data: [{ secretKey: "a", remoteRef: { key: "x", property: "a" } }] } },
      "does not bring all",
    ],
    ["an immutable Secret", { held: '{"a":"x"}', data: { a: "old" }, immutable: true }, "immutable"],
    [
      "an interval of 0",
      { held: '{"a":"x"}', data: { a: "old" }, spec: { refreshInterval: "0s" }, status: { ...synced, syncedResourceVersion: "1-abc" } },
      "synced once",
    ],
    [
      "a policy of once",
      {
        held: '{"a":"x"}',
        data: { a: "old" },
        spec: { refreshPolicy: "CreatedOnce" },
        status: { ...synced, syncedResourceVersion: "1-abc" },
      },
      "synced once",
    ],
  ])("%s", async (_, given, word) =>
    expect(await look(given)).toMatchObject({ kind: "fail", final: true, reason: expect.stringContaining(word) as string }),
  );

  test("a key that Vault's secret lacks is for a person", async () =>
    expect(await look({ held: '{"a":"x"}', secret: "app#b", data: {} })).toMatchObject({
      kind: "missing",
      reason: expect.stringContaining('"b"') as string,
    }));
});
