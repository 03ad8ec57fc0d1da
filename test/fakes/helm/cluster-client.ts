import { readFileSync } from "node:fs";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { asList, asObject, asText, at, parsed, type Json, type JsonObject } from "../wire/json.ts";

/** What helm says when it fails. */
export class HelmError extends Error {}

/** Requests of helm to the API server of a context, as whom the kubeconfig says. */
export class ClusterClient {
  readonly #server: string;
  readonly #ca: string;
  readonly #token: string;
  readonly #timeoutMs: number;

  constructor(kubeconfig: string, context: string, timeoutMs: number) {
    const config = asObject(parse(readFileSync(kubeconfig, "utf8")) as Json);
    const named = (list: string, name: string): JsonObject =>
      asObject(
        asList(config[list])
          .map(asObject)
          .find((entry) => entry["name"] === name),
      );
    const chosen = asObject(named("contexts", context)["context"]);
    const cluster = asObject(named("clusters", asText(chosen["cluster"]))["cluster"]);
    this.#server = asText(cluster["server"]);
    this.#ca = Buffer.from(asText(cluster["certificate-authority-data"]), "base64").toString();
    this.#token = asText(at(named("users", asText(chosen["user"])), "user", "token"));
    this.#timeoutMs = timeoutMs;
  }

  /** The object, or undefined on 404. Throws HelmError for other failures. */
  async send(method: string, path: string, body?: JsonObject): Promise<JsonObject | undefined> {
    const { status, answer } = await this.#exchange(method, path, body);
    if (status === 404) return undefined;
    if (status >= 300) throw new HelmError(asText(at(parsed(answer), "message")) || `the server answered ${status}`);
    const object = parsed(answer);
    if (object === undefined) throw new HelmError("unable to decode an event from the watch stream: invalid character");
    return asObject(object);
  }

  /** Server-side apply, as Helm 4 does it. */
  async apply(path: string, object: JsonObject): Promise<void> {
    if ((await this.send("PATCH", `${path}?fieldManager=helm&force=false`, object)) === undefined)
      throw new HelmError(`resource mapping not found for ${path}`);
  }

  #exchange(method: string, path: string, body: JsonObject | undefined): Promise<{ status: number; answer: string }> {
    const type = method === "PATCH" ? "application/apply-patch+yaml" : "application/json";
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": type, "user-agent": "Helm/4.3.1" };
    return new Promise((resolve, reject) => {
      const unreachable = (why: string): void =>
        reject(new HelmError(`Kubernetes cluster unreachable: ${method} "${this.#server}${path.split("?")[0]}": ${why}`));
      const asked = request(
        `${this.#server}${path}`,
        { method, headers, ca: this.#ca, agent: false, timeout: this.#timeoutMs },
        (response) => {
          text(response).then(
            (answer) => resolve({ status: response.statusCode ?? 0, answer }),
            () => unreachable("unexpected EOF"),
          );
        },
      );
      asked.on("timeout", () => asked.destroy(new Error("context deadline exceeded"))).on("error", (error) => unreachable(error.message));
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
