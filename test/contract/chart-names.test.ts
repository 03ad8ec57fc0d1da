import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asText, at } from "../fakes/wire/json.ts";
import { ended, endedReadably, run } from "./run.ts";
import { Scene } from "./scene.ts";

let scene: Scene;
let putBack: () => Promise<void>;
beforeAll(async () => {
  scene = await Scene.open();
  putBack = await scene.save();
});
beforeEach(() => putBack());
afterAll(() => scene.close());

async function valuesFile(text: string): Promise<string> {
  const file = join(scene.folder, "values.yaml");
  await writeFile(file, text);
  return file;
}

/** The names of the certificate in the Secret that Vault's pods mount. */
function certified(): string {
  const secret = scene.prod.objects.get("secrets", "vault", "vault-tls");
  return new X509Certificate(Buffer.from(asText(at(secret, "data", "tls.crt")), "base64")).subjectAltName ?? "";
}

test("the certificate and the address of a pod are for the names that the chart gives by fullnameOverride", async () => {
  const spec = await scene.spec({ insecureNoTls: false, values: [await valuesFile("fullnameOverride: secrets\n")] });
  const planned = ended(await run(scene, { spec, ids: ["tls", "install"], plan: true }));
  expect(JSON.stringify(planned.events)).toContain("https://$(VAULT_K8S_POD_NAME).secrets-internal:8200");
  ended(await run(scene, { spec, ids: ["tls"] }));
  for (const name of ["secrets-2.secrets-internal", "secrets-active.vault.svc", "*.secrets-internal.vault.svc"])
    expect(certified()).toContain(`DNS:${name}`);
  expect(ended(await run(scene, { spec, ids: ["tls"] })).writes).toEqual([]);
});

test("an override that comes later would be another, empty Vault: it is a conflict that names what keeps it, and nothing is written", async () => {
  ended(await run(scene, { spec: await scene.spec(), ids: ["install"] }));
  const values = [await valuesFile("fullnameOverride: secrets\n")];
  const ran = await run(scene, { spec: await scene.spec({ values }), ids: ["install"] });
  expect(endedReadably(ran).message).toContain("call Vault's StatefulSet secrets, and vault is there");
  expect(ran.writes).toEqual([]);
});

test("stores are told the port of the Service", async () => {
  const values = [await valuesFile("server:\n  service:\n    port: 443\n")];
  const spec = await scene.spec({ values });
  ended(await run(scene, { spec, ids: ["install"] }));
  const world = await scene.world(spec);
  expect(await world.where.consumerAddress()).toBe("http://vault-active.vault.svc:443");
  await world.close();
});
