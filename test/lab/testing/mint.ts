import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ClusterName, LabState } from "../api.ts";
import { kubectl } from "./product.ts";

export interface Minted {
  readonly namespace: string;
  readonly account: string;
  readonly audience: string;
  /** Seconds from now; before now for a token that has expired. */
  readonly expiresIn: number;
  /** Seconds from now; after now for a token of the future. */
  readonly beginsIn?: number;
  /** Of another account than the one that is there now. */
  readonly uid?: string;
}

const issuer = "https://kubernetes.default.svc.cluster.local";

/** A token that the cluster itself would never give out, signed as it signs its own. */
export async function mint(
  lab: LabState,
  cluster: ClusterName,
  { namespace, account, audience, expiresIn, beginsIn = -60, uid }: Minted,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const own = uid ?? (await kubectl(lab, cluster, ["get", "serviceaccount", account, "-n", namespace, "-o", "jsonpath={.metadata.uid}"]));
  const claims = {
    iss: issuer,
    aud: [audience],
    sub: `system:serviceaccount:${namespace}:${account}`,
    iat: now + beginsIn,
    nbf: now + beginsIn,
    exp: now + expiresIn,
    jti: randomUUID(),
    "kubernetes.io": { namespace, serviceaccount: { name: account, uid: own } },
  };
  const key = createPrivateKey(await readFile(lab.signingKey(cluster), "utf8"));
  const head = { typ: "JWT", alg: key.asymmetricKeyType === "ec" ? "ES256" : "RS256" };
  const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

/** The API server's own audience. */
export const serverAudience = issuer;
