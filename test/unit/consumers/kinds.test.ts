import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fields } from "../../../src/config/fields.ts";
import type { Spec } from "../../../src/config/spec.ts";
import type { StepId } from "../../../src/config/step-id.ts";
import type { Consumer } from "../../../src/consumers/consumer.ts";
import { externalFacts } from "../../../src/consumers/facts/externals.ts";
import { storeFact } from "../../../src/consumers/facts/store.ts";
import { syncedAt } from "../../../src/consumers/facts/synced.ts";
import { consumerKinds, kindNames, loginOf, storesOf } from "../../../src/consumers/kinds.ts";
import { operatorNeeds } from "../../../src/consumers/operator-ready.ts";
import { lacksOperator } from "../../../src/doctor/causes/operator.ts";
import { steps } from "../../../src/run/steps.ts";
import type { Readers } from "../../../src/systems/world.ts";
import { well } from "../doctor/evidence.ts";
import { specFrom } from "../spec.ts";

test("every kind that the setting knows is in the list, the default first", () => {
  const { type, default: standard } = fields.operator;
  expect([...kindNames].sort()).toEqual([...type.oneOf].sort());
  expect(kindNames[0]).toBe(standard);
});

const ids = (spec: Spec, id: StepId): string[] => steps[id].resources(spec).map((resource) => resource.id);
/** A world that may not be asked. */
const nobody = new Proxy({}, { get: (_, name) => expect.fail(`asked for ${String(name)}`) }) as Readers;

test("a kind without stores and without audiences has neither, whatever the settings say", async () => {
  const spec = await specFrom({ cluster: "prod", operator: "kes", secrets: ["db"], audience: "vault" });
  const [consumer] = spec.consumers;
  expect([storesOf(consumer), loginOf(consumer).audience]).toEqual([[], undefined]);
  expect([ids(spec, "store"), ids(spec, "secret")]).toEqual([[], ["kubernetes Namespace default", "kubernetes ExternalSecret default/db"]]);
});

/** What an injector would say: it is told by annotations of pods. */
const injector: Consumer = {
  words: { title: "Injector", shortTitle: "Injector", choice: "Injector", about: "it has no objects" },
  asksForAudience: false,
  install: { chart: "injector", repo: "https://charts.example.com", release: "injector", deployments: /injector/, values: () => ({}) },
};

describe("a kind without objects needs one more row of the list, and nothing else", () => {
  let spec: Spec;
  const kind = "injector" as never;

  beforeAll(async () => {
    Object.assign(consumerKinds, { [kind]: injector });
    const plain = await specFrom({ cluster: "prod", secrets: ["db"] });
    spec = { ...plain, consumers: [{ ...plain.consumers[0], kind }] };
  });
  afterAll(() => void Reflect.deleteProperty(consumerKinds, kind));

  test("it is installed and logs in, and has no store and no ExternalSecret", () => {
    expect(ids(spec, "external-secrets")).toEqual(["kubernetes Namespace external-secrets", "helm external-secrets/injector"]);
    expect(ids(spec, "role")).toEqual(["vault auth/k8s-prod/role/external-secrets"]);
    expect([ids(spec, "store"), ids(spec, "secret")]).toEqual([[], []]);
    expect(operatorNeeds(injector).map(({ verb, resource }) => `${verb} ${resource}`)).toEqual(["list deployments"]);
  });

  test("what proves it is the login", () => {
    const titles = steps.verify.checks(spec).map(({ title }) => title);
    expect(titles.length).toBeGreaterThan(1);
    expect(titles.filter((title) => /Secret|Store/.test(title))).toEqual([]);
  });

  test("nobody is asked for its objects", async () => {
    const asked = { ...well.asked, consumer: injector };
    expect(await syncedAt(nobody, "k8s-prod", spec.consumers[0])).toEqual({ stores: [], externals: [] });
    expect([await externalFacts(nobody, asked), await storeFact(nobody, asked)]).toEqual([[], undefined]);
  });

  test("it is missed where no deployment of it is there", () => {
    const evidence = { ...well, asked: { ...well.asked, consumer: injector }, runs: { value: false }, deployments: { value: [] } };
    expect(lacksOperator(evidence)).toEqual({ sure: "likely", evidence: ["no deployment of injector is there"] });
  });
});
