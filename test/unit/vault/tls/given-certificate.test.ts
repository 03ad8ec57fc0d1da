import { beforeAll, describe, expect, it } from "vitest";
import { CliError } from "../../../../src/core/errors.ts";
import { issueServer, newAuthority, type Pair } from "../../../../src/vault/tls/issue.ts";
import { tls } from "../../../../src/vault/tls/step.ts";
import { specFrom } from "../../spec.ts";
import { keeping, secret } from "./world.ts";

const dayMs = 86_400_000;
const names = ["vault.vault.svc", "vault-active.vault.svc", "*.vault-internal"];
let authority: Pair;
let other: Pair;
let good: Pair;
beforeAll(async () => {
  [authority, other] = await Promise.all([newAuthority("CN=a", 10 * dayMs), newAuthority("CN=b", 10 * dayMs)]);
  good = await issueServer(authority, { commonName: "vault", names, validMs: dayMs });
});

/** What is said of a Secret with these files: why it cannot be used, or what is noted of it. */
async function said(
  files: Readonly<Record<string, string | undefined>> | undefined,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const world = keeping();
  if (files !== undefined) world.objects.set("Secret vault/mine", secret("mine", files));
  const resource = tls.resources(await specFrom({ cluster: "p", tlsSecret: "mine", ...more })).at(-1)!;
  const diff = await resource.diff(world.read).catch((error: unknown) => {
    if (error instanceof CliError) return error;
    throw error;
  });
  if (diff instanceof CliError) return `${diff.kind.code} ${diff.why ?? diff.message}`;
  return diff.kind === "same" ? (diff.note ?? "") : diff.kind;
}

const whole = () => ({ "tls.crt": good.cert, "tls.key": good.key, "ca.crt": authority.cert });

describe("a certificate of the user's", () => {
  it("that fits is used as it is", async () => {
    expect(await said(whole())).toMatch(/^yours, expires in 23 hours/);
  });

  it.each<[string, () => Readonly<Record<string, string | undefined>> | undefined, RegExp]>([
    ["that is not there", () => undefined, /VK1230 .*vault\/mine does not exist/],
    ["without a key", () => ({ ...whole(), "tls.key": undefined }), /It lacks tls\.key/],
    ["without anything", () => ({}), /It lacks tls\.crt and tls\.key\.\nIt lacks ca\.crt/],
    ["without a CA", () => ({ ...whole(), "ca.crt": undefined }), /It lacks ca\.crt.*--ca-cert/],
    ["that is no certificate", () => ({ ...whole(), "tls.crt": "hello" }), /tls\.crt is not a PEM certificate/],
    ["whose CA is no certificate", () => ({ ...whole(), "ca.crt": "hello" }), /ca\.crt is not a PEM certificate/],
    ["with the key of another", () => ({ ...whole(), "tls.key": other.key }), /tls\.key does not belong to its tls\.crt/],
    ["with a key that is none", () => ({ ...whole(), "tls.key": "hello" }), /tls\.key does not belong/],
    ["signed by another CA", () => ({ ...whole(), "ca.crt": other.cert }), /tls\.crt is not signed by its ca\.crt/],
  ])("%s is told", async (_, files, why) => {
    expect(await said(files())).toMatch(why);
  });

  it("for too few names is told with those that it lacks", async () => {
    const few = await issueServer(authority, { commonName: "vault", names: ["vault.vault.svc", "vault-0.vault-internal"], validMs: dayMs });
    const files = { ...whole(), "tls.crt": few.cert, "tls.key": few.key };
    expect(await said(files, { tlsNames: "vault.example.com" })).toContain(
      "is not for vault-active.vault.svc, vault-1.vault-internal, vault-2.vault-internal, vault.example.com.",
    );
  });

  it("that has expired is told", async () => {
    const old = await issueServer(authority, { commonName: "vault", names, validMs: -1_000 });
    expect(await said({ ...whole(), "tls.crt": old.cert, "tls.key": old.key })).toMatch(/Its certificate expired on \d{4}-/);
  });

  it("with an authority between is taken, where its certificate is there", async () => {
    const between = await newAuthority("CN=between", 5 * dayMs);
    const { crossSign } = await import("../../../../src/vault/tls/issue.ts");
    const link = await crossSign(between, authority);
    const server = await issueServer(between, { commonName: "vault", names, validMs: dayMs });
    expect(await said({ "tls.crt": server.cert + link, "tls.key": server.key, "ca.crt": authority.cert })).toMatch(/^yours/);
    expect(await said({ "tls.crt": server.cert, "tls.key": server.key, "ca.crt": authority.cert })).toMatch(/not signed/);
  });
});
