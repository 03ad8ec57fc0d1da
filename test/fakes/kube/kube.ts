import type { JsonObject } from "../wire/json.ts";
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Authority } from "../tls/certificates.ts";
import type { FakeVault } from "../vault/vault.ts";
import type { Answer, Ask } from "../wire/exchange.ts";
import type { Line } from "../wire/line.ts";
import { Names } from "../wire/names.ts";
import { record, serve, type Served } from "../wire/serve.ts";
import { Access, forbidden, type Identity } from "./access.ts";
import { answerAt } from "./api.ts";
import type { Cluster } from "./cluster.ts";
import { make, settle } from "./controllers.ts";
import { discovery } from "./discovery.ts";
import { Objects } from "./objects.ts";
import { settleEso } from "./operator-eso.ts";
import { settleKes } from "./operator-kes.ts";
import { forwardPort, refuseUpgrade } from "./port-forward.ts";
import { placeOf, type Place } from "./request.ts";
import { ServiceAccountTokens } from "./service-account-tokens.ts";
import { notServed, unauthorized } from "./status.ts";

export interface FakeKubeOptions {
  readonly name: string;
  readonly line: Line;
  /** The network that joins the clusters. */
  readonly network?: Names;
  /** Bearer tokens of people, and their names. */
  readonly people: Readonly<Record<string, string>>;
  nextAddress?(): string;
}

/** One cluster: its API server over https with its own CA, its controllers, and its operator. */
export class FakeKube implements Cluster {
  readonly name: string;
  readonly objects = new Objects();
  readonly tokens = new ServiceAccountTokens(this.objects);
  readonly access = new Access(this.objects);
  readonly authority = new Authority("kubernetes");
  readonly names: Names;
  readonly nextAddress: () => string;
  vault: FakeVault | undefined;
  /** Where pods listen at port 8200 that are no nodes of that Vault, by name. */
  readonly otherPods = new Map<string, string>();
  /** How many more writes of the operator's objects its webhook lets down. */
  webhookDown = 0;
  rule: ((kind: string, object: JsonObject) => string | undefined) | undefined = undefined;
  readonly #line: Line;
  readonly #people: Readonly<Record<string, string>>;
  #served: Served | undefined;
  #operators: Promise<void> | undefined;

  constructor({ name, line, network, people, nextAddress = () => "10.20.0.101" }: FakeKubeOptions) {
    this.name = name;
    this.#line = line;
    this.#people = people;
    this.names = new Names(network);
    this.nextAddress = nextAddress;
    for (const namespace of ["default", "kube-system", "kube-public"])
      make(this.objects, "namespaces", { metadata: { name: namespace, uid: randomUUID() }, status: { phase: "Active" } });
    make(this.objects, "storageclasses.storage.k8s.io", {
      metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "fake.csi.k8s.io",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    make(this.objects, "csidrivers.storage.k8s.io", { metadata: { name: "fake.csi.k8s.io" }, spec: {} });
  }

  async start(): Promise<this> {
    const tls = this.authority.issue([
      "127.0.0.1",
      "localhost",
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
    ]);
    this.#served = await serve({
      name: `kube ${this.name}`,
      line: this.#line,
      tls,
      identify: (ask) => this.#identify(ask)?.username ?? "unknown",
      answer: (ask) => this.#answer(ask),
    });
    this.#served.server.on("upgrade", (request: IncomingMessage, socket: Duplex) => void this.#upgrade(request, socket));
    for (const host of ["kubernetes", "kubernetes.default", "kubernetes.default.svc"]) this.names.set(host, () => this.url);
    return this;
  }

  async stop(): Promise<void> {
    await this.#served?.stop();
  }

  get url(): string {
    if (this.#served === undefined) throw new Error("not started");
    return this.#served.url;
  }

  #identify({ headers }: Pick<Ask, "headers">): Identity | undefined {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
    if (token === undefined) return { username: "system:anonymous", groups: ["system:unauthenticated"] };
    const person = this.#people[token];
    if (person !== undefined) return { username: person, groups: ["system:authenticated"] };
    const holder = this.tokens.check(token);
    return typeof holder === "string" ? undefined : holder;
  }

  async #answer(ask: Ask): Promise<Answer> {
    const identity = this.#identify(ask);
    if (identity === undefined) return unauthorized;
    settle(this);
    const general = discovery(this.objects.kinds(), ask.path);
    if (general !== undefined) return general;
    const place = placeOf(ask.path);
    if (place === undefined) return notServed;
    if (ask.method === "GET") await this.#settleOperators(place);
    return answerAt(this, ask, identity, place);
  }

  /** Lets controllers and operators do all that there is to do. */
  async settled(): Promise<void> {
    settle(this);
    await this.#settleOperators({ plural: "secrets", group: "" });
  }

  /** The operators have done their work before anyone looks at it; those who look at the same time wait for the same work. */
  async #settleOperators({ group, plural }: Pick<Place, "group" | "plural">): Promise<void> {
    if (plural !== "secrets" && group !== "external-secrets.io" && group !== "kubernetes-client.io") return;
    this.#operators ??= Promise.all([settleEso(this), settleKes(this)])
      .then(() => undefined)
      .finally(() => (this.#operators = undefined));
    await this.#operators;
    settle(this);
  }

  /** Port-forward: the one request that is not an exchange. */
  async #upgrade(request: IncomingMessage, socket: Duplex): Promise<void> {
    const asked = new URL(`http://fake${request.url ?? "/"}`);
    const ask: Ask = { method: "GET", path: asked.pathname, query: asked.searchParams, headers: request.headers, body: "" };
    socket.on("error", () => undefined);
    const recorded = record(
      { name: `kube ${this.name}`, line: this.#line, identify: () => this.#identify(ask)?.username ?? "unknown" },
      ask,
    );
    if (this.#line.arrive(recorded) !== undefined) return void socket.destroy();
    const answer = await this.#refusesForward(ask);
    recorded.status = answer?.status ?? 101;
    if (answer !== undefined) return refuseUpgrade(socket, answer);
    const port = Number(asked.searchParams.get("ports"));
    const pod = placeOf(asked.pathname)?.name ?? "";
    const url = this.otherPods.get(pod) ?? this.vault?.nodes.find((node) => node.name === pod)?.url;
    forwardPort(request, socket, port, port === 8200 ? url : undefined);
  }

  /** Why a port-forward is refused; undefined when it is not. Kubernetes 1.35 wants `create` besides `get`. */
  async #refusesForward(ask: Ask): Promise<Answer | undefined> {
    const [identity, place] = [this.#identify(ask), placeOf(ask.path)];
    if (identity === undefined) return unauthorized;
    if (place?.subresource !== "portforward") return notServed;
    const wish = { group: "", resource: "pods/portforward", namespace: place.namespace, name: place.name };
    const missing = ["get", "create"].find((verb) => !this.access.allows(identity, { ...wish, verb }));
    if (missing !== undefined) return forbidden(identity, { ...wish, verb: missing });
    const pod = await this.#answer({ ...ask, path: ask.path.replace(/\/portforward$/, ""), query: new URLSearchParams() });
    return pod.status === 200 ? undefined : pod;
  }
}
