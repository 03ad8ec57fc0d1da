import { callFromCluster } from "../wire/call.ts";
import { asText, parsed, type Json, type JsonObject } from "../wire/json.ts";
import type { Surroundings } from "./request.ts";

/** The TokenReview that a login does, at the configured address and with the configured CA and token. Undefined for any failure. */
export async function review(
  around: Surroundings,
  config: JsonObject,
  jwt: string,
  audiences: readonly string[],
): Promise<Json | undefined> {
  const pod = config["disable_local_ca_jwt"] === true ? undefined : around.podCredentials();
  const bearer = asText(config["token_reviewer_jwt"]) || pod?.token || jwt;
  const ca = asText(config["kubernetes_ca_cert"]) || pod?.ca;
  const host = asText(config["kubernetes_host"]).replace(/\/+$/, "");
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token: jwt, audiences } };
  try {
    const answer = await callFromCluster(around.names, {
      method: "POST",
      url: `${host}/apis/authentication.k8s.io/v1/tokenreviews`,
      headers: { authorization: `Bearer ${bearer}` },
      body,
      ca,
    });
    return answer.status === 201 ? parsed(answer.text) : undefined;
  } catch {
    return undefined;
  }
}
