import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { kinds } from "../../../src/errors.ts";
import { openKube } from "../../../src/systems/kube/open-kube.ts";
import type { KubeWriter } from "../../../src/systems/world.ts";
import { refuseUpgrade } from "../../fakes/kube/port-forward.ts";
import { acceptWebSocket } from "../../fakes/kube/websocket.ts";
import { canary, failsWith, folder, listening } from "./server.ts";

const containers = ["shipper", "vault"];

/** As an API server with a pod of several containers answers: https://github.com/kubernetes/kubernetes, pkg/registry/core/pod/strategy.go */
function refusal(container: string | null): string | undefined {
  if (container === null) return `a container name must be specified for pod vault-0, choose one of: [${containers.join(" ")}]`;
  return containers.includes(container) ? undefined : `container ${container} is not valid for pod vault-0`;
}

function upgrade(request: IncomingMessage, socket: Duplex): void {
  const { searchParams } = new URL(`http://api${request.url}`);
  const message = refusal(searchParams.get("container"));
  if (message !== undefined)
    return refuseUpgrade(socket, { status: 400, json: { kind: "Status", apiVersion: "v1", code: 400, reason: "BadRequest", message } });
  const channel = acceptWebSocket(request, socket, { message: () => undefined, closed: () => undefined });
  const say = (number: number, text: string): void => channel.send(Buffer.concat([Buffer.from([number]), Buffer.from(text)]));
  say(1, `${searchParams.get("container")}: ${searchParams.getAll("command").join(" ")}`);
  say(3, JSON.stringify({ kind: "Status", status: "Success" }));
}

async function kube(): Promise<KubeWriter> {
  const server = await listening(createServer().on("upgrade", upgrade));
  const dir = await folder();
  const config = {
    clusters: [{ name: "prod", cluster: { server: `http://127.0.0.1:${server}` } }],
    users: [{ name: "me", user: { token: canary } }],
    contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
  };
  await writeFile(join(dir, "config"), stringify(config));
  const { client, wire } = await openKube(
    { kubeconfig: join(dir, "config"), cluster: "prod" },
    { env: {}, timeoutMs: 5_000, patience: { firstPauseMs: 1, atMostMs: 200 } },
  );
  onTestFinished(() => wire.close());
  return client;
}

test("a command runs in the container that is named", async () => {
  expect(await (await kube()).exec({ namespace: "ns", pod: "vault-0", container: "vault" }, ["kill", "-HUP"])).toBe("vault: kill -HUP");
});

test("why it did not start is said in the API server's own words", async () => {
  const client = await kube();
  const error = await failsWith(client.exec({ namespace: "ns", pod: "vault-0", container: "valut" }, ["true"]), kinds.kubeFailed);
  expect(error.why).toBe("The API server answered 400: container valut is not valid for pod vault-0.");
});
