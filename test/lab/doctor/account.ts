import { randomUUID } from "node:crypto";
import { waitFor } from "../machine/wait.ts";
import { mint } from "../testing/mint.ts";
import { kubectl } from "../testing/product.ts";
import { cluster, type Bench } from "./bench.ts";
import type { Fault } from "./fault.ts";

const operator = { namespace: "external-secrets", account: "external-secrets", audience: "vault" };
const hour = 3600;
const account = ["serviceaccount", "external-secrets", "-n", "external-secrets"];

/** The operator works, whatever the conditions say that it wrote when it still did: what it copied is made again. */
async function operatorWorks(bench: Bench): Promise<void> {
  await bench.kubectl("delete", "secret", "demo");
  await waitFor("Secret demo is made again", 90, async () => (await bench.kubectl("get", "secret", "demo", "--ignore-not-found")) !== "");
}

/** Faults of the account that logs in, and of its tokens. */
export const accountFaults: readonly Fault[] = [
  {
    name: "login token that has expired",
    codes: ["VD33"],
    breaks: async (bench) => bench.storeToken(await mint(bench.lab, cluster, { ...operator, expiresIn: -hour, beginsIn: -2 * hour })),
  },
  {
    name: "login token from the future",
    codes: ["VD34"],
    breaks: async (bench) => bench.storeToken(await mint(bench.lab, cluster, { ...operator, expiresIn: 2 * hour, beginsIn: hour })),
  },
  {
    name: "login token of the account of before",
    codes: ["VD35"],
    breaks: async (bench) => bench.storeToken(await mint(bench.lab, cluster, { ...operator, expiresIn: hour, uid: randomUUID() })),
  },
  {
    name: "deleted account",
    codes: ["VD36"],
    breaks: async (bench) => void (await bench.kubectl("delete", ...account)),
    after: operatorWorks,
  },
  {
    name: "account made again",
    codes: ["VD35"],
    // The API server answers nobody who shows the old token, so that the operator cannot even say that it does not work.
    sure: "likely",
    breaks: async (bench) => {
      const { metadata, ...rest } = JSON.parse(await bench.kubectl("get", ...account, "-o", "json")) as {
        metadata: Record<string, unknown>;
      };
      const { name, namespace, labels, annotations } = metadata;
      await bench.kubectl("delete", ...account);
      const again = { ...rest, metadata: { name, namespace, labels, annotations } };
      await kubectl(bench.lab, cluster, ["create", "-f", "-"], { input: JSON.stringify(again) });
    },
    after: operatorWorks,
  },
];
