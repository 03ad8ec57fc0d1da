import { generateKeyPairSync, randomUUID, sign, verify, type KeyObject } from "node:crypto";
import { asObject, asText, asTexts, at, isObject, parsed, type JsonObject } from "../wire/json.ts";
import { nameOf, namespaceOf, type Objects } from "./objects.ts";

export const issuer = "https://kubernetes.default.svc.cluster.local";

/** What a valid token says: who, and for whom. */
export interface Holder {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly audiences: readonly string[];
}

/** Makes and checks tokens of service accounts, as one cluster does with its own key. */
export class ServiceAccountTokens {
  /** Every token that was ever made. */
  readonly issued: string[] = [];
  readonly #objects: Objects;
  readonly #once = new Map<string, string>();
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = generateKeyPairSync("ec", { namedCurve: "P-256" });

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** A token of a TokenRequest: for some audiences, for a while. */
  bound(account: JsonObject, audiences: readonly string[], seconds: number, secret?: JsonObject): string {
    const now = Math.floor(Date.now() / 1000);
    const namespace = namespaceOf(account) ?? "";
    return this.#sign({
      aud: audiences.length === 0 ? [issuer] : [...audiences],
      exp: now + seconds,
      iat: now,
      nbf: now,
      iss: issuer,
      jti: randomUUID(),
      "kubernetes.io": {
        namespace,
        serviceaccount: { name: nameOf(account), uid: uidOf(account) },
        ...(secret !== undefined && { secret: { name: nameOf(secret), uid: uidOf(secret) } }),
      },
      sub: subject(namespace, nameOf(account)),
    });
  }

  /** A token of a Secret: for ever, without audience. */
  ofSecret(account: JsonObject, secretName: string): string {
    const namespace = namespaceOf(account) ?? "";
    const prefix = "kubernetes.io/serviceaccount";
    return this.#signedOnce({
      iss: "kubernetes/serviceaccount",
      [`${prefix}/namespace`]: namespace,
      [`${prefix}/secret.name`]: secretName,
      [`${prefix}/service-account.name`]: nameOf(account),
      [`${prefix}/service-account.uid`]: uidOf(account),
      sub: subject(namespace, nameOf(account)),
    });
  }

  /** Whom a token belongs to, or in the API server's words why it is not valid for any of `wanted`. */
  check(token: string, wanted: readonly string[] = []): Holder | string {
    const claims = this.#verified(token);
    if (claims === undefined) return "invalid bearer token";
    const { namespace, name, uid, secret } = accountIn(claims);
    const account = this.#objects.get("serviceaccounts", namespace, name);
    if (typeof claims["exp"] === "number" && claims["exp"] < Date.now() / 1000)
      return "[invalid bearer token, service account token has expired]";
    if (account === undefined) return `[invalid bearer token, serviceaccounts "${name}" not found]`;
    if (uidOf(account) !== uid) return `[invalid bearer token, service account UID (${uidOf(account)}) does not match claim (${uid})]`;
    const boundTo = asObject(at(claims, "kubernetes.io", "secret"));
    const its = boundTo["name"] === undefined ? undefined : this.#objects.get("secrets", namespace, asText(boundTo["name"]));
    if (boundTo["name"] !== undefined && (its === undefined || uidOf(its) !== boundTo["uid"]))
      return "[invalid bearer token, service account token has been invalidated]";
    const held = secret === "" ? undefined : this.#objects.get("secrets", namespace, secret);
    if (secret !== "" && held === undefined) return "[invalid bearer token, service account token has been invalidated]";
    if (held !== undefined && Buffer.from(asText(at(held, "data", "token")), "base64").toString() !== token)
      return "[invalid bearer token, token does not match server's copy]";
    const own = asTexts(claims["aud"]);
    return this.#forAudience(own.length === 0 ? [issuer] : own, wanted.length === 0 ? [issuer] : wanted, { namespace, name, uid });
  }

  #forAudience(
    own: readonly string[],
    wanted: readonly string[],
    { namespace, name, uid }: { namespace: string; name: string; uid: string },
  ): Holder | string {
    const audiences = wanted.filter((audience) => own.includes(audience));
    if (audiences.length === 0)
      return `[invalid bearer token, token audiences ${goList(own)} is invalid for the target audiences ${goList(wanted)}]`;
    return {
      username: subject(namespace, name),
      uid,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      audiences,
    };
  }

  /** Signatures by RSA keys, which API servers have as a rule, are the same each time: so is the token of a Secret that is made anew. */
  #signedOnce(claims: JsonObject): string {
    const text = JSON.stringify(claims);
    const known = this.#once.get(text) ?? this.#sign(claims);
    this.#once.set(text, known);
    return known;
  }

  #sign(claims: JsonObject): string {
    const head = encode({ alg: "ES256", kid: "fake", typ: "JWT" });
    const signed = `${head}.${encode(claims)}`;
    const token = `${signed}.${sign("sha256", Buffer.from(signed), { key: this.#keys.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
    this.issued.push(token);
    return token;
  }

  #verified(token: string): JsonObject | undefined {
    const [head = "", body = "", signature = ""] = token.split(".");
    const right = verify(
      "sha256",
      Buffer.from(`${head}.${body}`),
      { key: this.#keys.publicKey, dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
    return right ? asObject(parsed(Buffer.from(body, "base64url").toString())) : undefined;
  }
}

const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const subject = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;
const goList = (items: readonly string[]): string => `[${items.map((item) => JSON.stringify(item)).join(" ")}]`;
export const uidOf = (object: JsonObject): string => asText(at(object, "metadata", "uid"));

function accountIn(claims: JsonObject): { namespace: string; name: string; uid: string; secret: string } {
  const bound = claims["kubernetes.io"];
  if (isObject(bound))
    return {
      namespace: asText(bound["namespace"]),
      name: asText(at(bound, "serviceaccount", "name")),
      uid: asText(at(bound, "serviceaccount", "uid")),
      secret: "",
    };
  const part = (key: string): string => asText(claims[`kubernetes.io/serviceaccount/${key}`]);
  return {
    namespace: part("namespace"),
    name: part("service-account.name"),
    uid: part("service-account.uid"),
    secret: part("secret.name"),
  };
}
