import { differences, type Plain } from "../../core/compare.ts";
import type { Change } from "../../core/resource.ts";
import type { GivenToken, Reviewing } from "../reviewer/kind.ts";
import type { PlainBody } from "../vault-write.ts";
import type { ReviewAddress } from "./kubernetes-host.ts";

// Everything that can be read back, with the defaults of fields that we do not use: what somebody else set there shows as a difference.
export const readable = ({ host, ca }: ReviewAddress, ownPod: boolean): PlainBody => ({
  kubernetes_host: host,
  kubernetes_ca_cert: ca,
  disable_local_ca_jwt: !ownPod,
  disable_iss_validation: true,
  issuer: "",
  pem_keys: [],
});

// Not every server has it, and a write without it sets it back.
const newer: PlainBody = { use_annotations_as_alias_metadata: false };

/** The config as Vault reads it back; undefined before it was written. */
export type Found = { readonly data: Readonly<Record<string, unknown>> } | undefined;

export interface WantedConfig {
  readonly address: ReviewAddress;
  readonly reviewing: Reviewing;
  readonly accessor: string;
  /** What another kind of reviewer rested on, and is there still. */
  readonly left: readonly Change[];
}

/** How the config differs. */
export const configChanges = (found: Found, { address, reviewing, accessor, left }: WantedConfig): Change[] => [
  ...differences(readable(address, reviewing.ownPod), found?.data as Plain | undefined),
  ...(found === undefined ? [] : differences(newer, { ...newer, ...found.data } as Plain)),
  ...(reviewing.given === undefined ? noToken(found, left) : tokenChange(reviewing.given, accessor, found?.data[isSet])),
];

export const tokenField = "token_reviewer_jwt";

const isSet = "token_reviewer_jwt_set";

/** Servers before Vault 1.16 do not say whether there is a token: there may be one while an earlier reviewer is there. */
function noToken(found: Found, left: readonly Change[]): Change[] {
  const set = found === undefined ? false : (found.data[isSet] ?? left.length > 0);
  return set === true ? [{ field: tokenField, before: found?.data[isSet] === true ? "set" : "may be set" }] : [];
}

function tokenChange(given: GivenToken, accessor: string, set: unknown): Change[] {
  if (given.isConfigured(accessor) && set !== false) return [];
  const before = set === undefined ? undefined : set === false ? "not set" : "unknown, or another one";
  return [{ field: tokenField, before, after: given.from }];
}
