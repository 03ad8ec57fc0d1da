import { describe, expect, it, test } from "vitest";
import { CliError, type ErrorKind } from "../../../src/core/errors.ts";
import { kinds } from "../../../src/errors.ts";
import { fits } from "../../../src/fleet/inventory/glob.ts";
import { heldContext } from "../../../src/fleet/inventory/held.ts";
import { oneContext } from "../../../src/fleet/inventory/held-entry.ts";
import { allowedPrograms } from "../../../src/fleet/inventory/programs.ts";
import { labelSelector } from "../../../src/fleet/inventory/selector.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { canary } from "../systems/server.ts";

const where = { called: "prod", object: "Secret argocd/prod" };
const plugin = { apiVersion: "client.authentication.k8s.io/v1", command: "aws", interactiveMode: "Never" };

interface How {
  readonly cluster?: object;
  readonly user?: object;
  readonly exec?: readonly string[];
  readonly allowInsecure?: boolean;
}

const held = ({ cluster = {}, user = { token: canary }, exec = [], allowInsecure = false }: How) =>
  heldContext(oneContext({ server: "https://api.example:6443", ...cluster }, user), where, {
    programs: allowedPrograms({}, exec),
    allowInsecure,
    env: { PATH: "/bin", HOME: "/home/me", AWS_PROFILE: "mine", AWS_REGION: "eu", VAULT_TOKEN: canary, SECRET: canary },
  });

function failed(how: How): CliError {
  try {
    held(how);
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    const { message, why = "", fix = "" } = error as CliError;
    expect(message + why + fix).not.toContain(canary);
    return error as CliError;
  }
  throw new Error("it was taken");
}

const expired = (exp: number): string => `h.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.${canary}`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("out of an object only data is taken", () => {
  test.each<[string, How, ErrorKind]>([
    ["a token's file", { user: { tokenFile: "/etc/shadow" } }, kinds.heldPath],
    ["a token's file beside a token", { user: { token: canary, tokenFile: "/etc/shadow" } }, kinds.heldPath],
    ["a certificate's file", { user: { "client-certificate": "a", "client-key-data": base64(canary) } }, kinds.heldPath],
    ["a key's file", { user: { "client-certificate-data": base64("a"), "client-key": "/root/key" } }, kinds.heldPath],
    ["a CA's file", { cluster: { "certificate-authority": "/etc/passwd" } }, kinds.heldPath],
    ["an auth-provider", { user: { token: canary, "auth-provider": { name: "gcp" } } }, kinds.heldPath],
    ["a server that is not checked", { cluster: { "insecure-skip-tls-verify": true } }, kinds.heldInsecure],
    ["a server at plain http", { cluster: { server: "http://api.example" } }, kinds.heldInsecure],
    ["a server without a scheme, which is plain http", { cluster: { server: "api.example:6443" } }, kinds.heldInsecure],
    ["no server", { cluster: { server: "" } }, kinds.heldShape],
    ["no credentials", { user: {} }, kinds.heldShape],
    ["a CA that is no base64", { cluster: { "certificate-authority-data": "%%" } }, kinds.heldShape],
    ["a token that is over", { user: { token: expired(1_000) } }, kinds.heldExpired],
  ])("%s is refused", (_, how, kind) => expect(failed(how).kind).toBe(kind));

  it("and what is no kubeconfig is refused without a line of it", () => {
    const take = (text: string) => heldContext(text, where, { programs: new Map(), allowInsecure: false, env: {} });
    for (const text of [`{${canary}`, `a: &a [${canary}]\nb: *c`, "[]", "", `users: ${canary}`])
      expect(() => take(text)).toThrowError(
        expect.objectContaining({ kind: kinds.heldShape, why: expect.not.stringContaining(canary) as string }) as Error,
      );
  });

  it("data is taken as it is, and a server that is not checked where somebody said so", () => {
    expect(held({})).toMatchObject({ name: "prod", user: { token: canary }, pluginEnv: {} });
    expect(held({ cluster: { "insecure-skip-tls-verify": true }, allowInsecure: true }).cluster["insecure-skip-tls-verify"]).toBe(true);
    const { cert, key } = new Authority("people").issue(["me"]);
    const user = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
    expect(held({ user })).toMatchObject({ user });
    expect(held({ user: { token: expired(Date.now() / 1000 + 60) } }).user?.token).toBeTruthy();
  });
});

describe("a program that an object names", () => {
  const user = { exec: plugin };

  test.each<[string, object, readonly string[]]>([
    ["nobody allowed", {}, []],
    ["another was allowed", {}, ["gke=/usr/bin/gke"]],
    ["it is a path", { command: "/tmp/aws" }, ["aws=/usr/bin/aws"]],
    ["it is a path beside", { command: "./aws" }, ["aws=/usr/bin/aws"]],
    ["it climbs", { command: "../aws" }, ["aws=/usr/bin/aws"]],
    ["it wants to ask", { interactiveMode: "Always" }, ["aws=/usr/bin/aws"]],
    ["it sets a variable that nobody listed", { env: [{ name: "AWS_REGION", value: "x" }] }, ["aws=/usr/bin/aws,AWS_PROFILE"]],
    ...["PATH", "LD_PRELOAD", "NODE_OPTIONS", "KUBECONFIG", "AWS_CONFIG_FILE", "HOME", "XDG_CONFIG_HOME", "path"].map(
      (name): [string, object, readonly string[]] => [`it sets ${name}`, { env: [{ name, value: canary }] }, ["aws=/usr/bin/aws"]],
    ),
  ])("is not run: %s", (_, more, exec) => expect(failed({ user: { exec: { ...plugin, ...more } }, exec }).kind).toBe(kinds.heldProgram));

  it("is run as the path that was allowed, with what was listed of the environment and nothing else, and asks nobody", () => {
    const exec = { ...plugin, args: ["eks"], interactiveMode: "IfAvailable", env: [{ name: "AWS_PROFILE", value: "theirs" }] };
    const { user: found, pluginEnv } = held({ user: { exec }, exec: ["aws=/opt/aws,AWS_PROFILE,AWS_REGION,NOT_SET"] });
    expect(found?.exec).toMatchObject({ command: "/opt/aws", args: ["eks"], interactiveMode: "Never", env: [] });
    expect(pluginEnv).toEqual({ PATH: "/bin", HOME: "/home/me", AWS_PROFILE: "theirs", AWS_REGION: "eu" });
    expect(held({ user, exec: ["aws=/opt/aws"] }).pluginEnv).toEqual({ PATH: "/bin", HOME: "/home/me" });
  });

  it.each([
    "aws",
    "aws=",
    "aws=bin/aws",
    "=/bin/aws",
    "a/b=/bin/aws",
    "aws=/bin/aws,A-B",
    "aws=/bin/aws,PATH",
    "aws=/bin/aws,LD_PRELOAD",
    "aws=/bin/aws,X_CONFIG_FILE",
  ])("cannot be allowed by --allow-exec %s", (flag) =>
    expect(() => allowedPrograms({}, [flag])).toThrowError(expect.objectContaining({ kind: kinds.usage }) as Error),
  );

  it("nor by the file with a variable that is never given", () =>
    expect(() => allowedPrograms({ aws: { path: "/bin/aws", env: ["NODE_OPTIONS"] } }, [])).toThrowError(
      expect.objectContaining({ kind: kinds.badConfig }) as Error,
    ));
});

test.each([
  ["arn:aws:eks:*:cluster/prod-*", "arn:aws:eks:eu-west-1:1234:cluster/prod-a", true],
  ["*", "a/b:c\nd", true],
  ["prod-*", "a-prod-b", false],
  ["a.b", "axb", false],
  ["[ab]", "a", false],
  ["[ab]", "[ab]", true],
])("the pattern %s fits %j: %s", (pattern, name, isFit) => expect(fits(pattern, name)).toBe(isFit));

test.each([
  ["env=prod", true],
  ["env==prod,tier!=x", true],
  ["env!=prod", false],
  ["env in (a, prod)", true],
  ["env notin (a,prod)", false],
  ["none notin (a)", true],
  ["env,!none", true],
  ["!env", false],
  ["a.b/c=", true],
  ["", true],
])("the selector %j takes the labels: %s", (selector, takes) => expect(labelSelector(selector)({ env: "prod", "a.b/c": "" })).toBe(takes));

test.each(["env=a b", "=a", "env in a", "env>1"])("%j is no selector", (text) =>
  expect(() => labelSelector(text)).toThrowError(expect.objectContaining({ kind: kinds.usage }) as Error),
);
