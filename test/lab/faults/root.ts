import { waitFor } from "../machine/wait.ts";
import { command, type FaultRun } from "./command.ts";
import { codeIn } from "./init.ts";
import type { Place, Row, Vaults } from "./points.ts";

const generate = ["operator", "generate-root"];
const enable = [...generate, "--", "vault", "auth", "enable", "userpass"];
/** Where the next run has another thing to do, so that it does not matter how far the killed one came. */
const look = [...generate, "--", "vault", "auth", "list"];

/** The boundaries of a whole run. */
export const rootBoundaries = (vaults: Vaults): Promise<readonly string[]> =>
  vaults.with(async (place) => {
    await open(place);
    const ran = await command(place.vault, place.person, enable);
    if (ran.exitCode !== 0) throw new Error(ran.stderr);
    return ran.boundaries;
  });

/**
 * Those around which a token exists that nobody knows, or an attempt that nobody noted: after Vault began, after it gave the token for the last
 * share, and while the command works.
 */
export function unknownThen(boundaries: readonly string[]): number[] {
  const last = (words: RegExp): number => boundaries.findLastIndex((name) => words.test(name)) + 1;
  return [
    last(/^(PUT|POST) .*generate-root\/attempt: its answer is read$/),
    last(/^(PUT|POST) .*generate-root\/update: its answer is read$/),
    last(/^command as root: started$/),
  ];
}

/** Kills a run that makes a root token before one of its boundaries, runs another one, and counts the root tokens that are valid then. */
export function killGenerate(vaults: Vaults, at: number): Promise<Row> {
  return vaults.with(async (place) => {
    const { vault, person } = place;
    const looks = await open(place);
    const killed = await command(vault, person, enable, { at });
    const ended = killed.boundaries.length < at;
    const left = (await rootTokens(place, looks)).length;
    const row = { at, point: ended ? "it had ended" : (killed.boundaries.at(-1) ?? ""), found: `${left} root tokens left` };
    const next = await goneOn(place);
    if (next.exitCode !== 0) return { ...row, result: `exit ${next.exitCode}: ${next.stderr.slice(-300)}`, kind: "wrong" };
    const { started } = (await vault.ask("vault-0", "GET", "sys/generate-root/attempt")) as { readonly started: boolean };
    if (started) return { ...row, result: "an attempt is under way", kind: "wrong" };
    const valid = (await rootTokens(place, looks)).length;
    if (valid !== 0) return { ...row, result: `${valid} root tokens are valid`, kind: "wrong" };
    return { ...row, result: `goes on: no root token is valid${next.note}`, kind: ended && killed.exitCode === 0 ? "ended" : "goes on" };
  });
}

/** An attempt that custody does not know is ended by a person, by its nonce. */
async function goneOn({ vault, person }: Place): Promise<FaultRun & { readonly note: string }> {
  const next = await command(vault, person, look);
  const nonce = /--cancel ([\w-]+)/.exec(next.stderr)?.[1];
  if (next.exitCode !== 75 || nonce === undefined) return { ...next, note: "" };
  const cancelled = await command(vault, person, [...generate, "--cancel", nonce]);
  if (cancelled.exitCode !== 0) return { ...cancelled, note: "" };
  return { ...(await command(vault, person, look)), note: `, after --cancel (${codeIn(next).trim()})` };
}

/** A Vault that is open and has no root token; gives a token that may look at all others. */
async function open({ vault, person }: Place): Promise<string> {
  for (const args of [
    ["operator", "init"],
    ["operator", "unseal"],
  ]) {
    const { exitCode, stderr } = await command(vault, person, args);
    if (exitCode !== 0) throw new Error(stderr);
  }
  const { root_token: root } = JSON.parse(person.file("init.json") ?? "") as { root_token: string };
  const isActive = (): Promise<unknown> => vault.ask("vault-0", "GET", "auth/token/lookup-self", { token: root }).catch(() => undefined);
  await waitFor("Vault is active", 30, isActive);
  return other(vault, root);
}

/** Looks at tokens instead of the init's root token: that was made in the same seconds, and would be taken for one that a killed run left. */
async function other(vault: Place["vault"], token: string): Promise<string> {
  const policy = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }';
  await vault.ask("vault-0", "POST", "sys/policies/acl/looks", { token, body: { policy } });
  const made = await vault.ask("vault-0", "POST", "auth/token/create-orphan", { token, body: { policies: ["looks"] } });
  await vault.ask("vault-0", "POST", "auth/token/revoke-self", { token });
  return (made as { readonly auth: { readonly client_token: string } }).auth.client_token;
}

/** Accessors of the root tokens that are valid. */
async function rootTokens({ vault }: Place, token: string): Promise<string[]> {
  const listed = (await vault.ask("vault-0", "GET", "auth/token/accessors?list=true", { token })) as {
    readonly data: { readonly keys: string[] };
  };
  const found = await Promise.all(
    listed.data.keys.map(async (accessor) => {
      // One may end while it is looked at.
      const about = await vault.ask("vault-0", "POST", "auth/token/lookup-accessor", { token, body: { accessor } }).catch(() => undefined);
      return { accessor, policies: (about as { readonly data: { readonly policies: string[] } } | undefined)?.data.policies ?? [] };
    }),
  );
  return found.filter(({ policies }) => policies.includes("root")).map(({ accessor }) => accessor);
}
