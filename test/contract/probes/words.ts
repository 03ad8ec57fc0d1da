import { asText, at, type Json } from "../../fakes/wire/json.ts";
import type { Have, Probe, ProbeRequest } from "../same-as-real.ts";

type Rest = Omit<Probe, "name" | "on" | "ask" | "status">;

/** A probe of Vault. */
export const vault = (name: string, ask: Probe["ask"], status: number, rest: Rest = {}): Probe => ({
  name,
  on: "vault",
  ask,
  status,
  ...rest,
});
/** A probe of an API server. */
export const kube = (name: string, ask: Probe["ask"], status: number, rest: Rest = {}): Probe => ({
  name,
  on: "kube",
  ask,
  status,
  ...rest,
});

export const get = (path: string, token?: string): ProbeRequest => ({ method: "GET", path, token });
export const list = (path: string): ProbeRequest => get(`${path}?list=true`);
export const post = (path: string, body: unknown, token?: string): ProbeRequest => ({ method: "POST", path, body, token });
export const remove = (path: string): ProbeRequest => ({ method: "DELETE", path });
/** Server-side apply. */
export const apply = (path: string, body: unknown, manager = "vault-k8s-probe", query = ""): ProbeRequest => ({
  method: "PATCH",
  path: `${path}?fieldManager=${manager}${query}`,
  body,
  type: "application/apply-patch+yaml",
});

/** Keeps the field of an answer under a name. */
export const keepField =
  (name: string, ...path: string[]) =>
  (body: Json | undefined, have: Have): void => {
    have[name] = asText(at(body, ...path));
  };
