import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, test } from "vitest";
import { stringify } from "yaml";
import { checkValuesFiles } from "../../../src/systems/helm/values.ts";
import { openKube } from "../../../src/systems/kube/open-kube.ts";
import { parseKeys, parseShare, parseToken } from "../../../src/keys/documents.ts";
import { parseInput } from "../../../src/cli/commands/secret-values.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import { folder } from "../systems/server.ts";
import { explained, orExplained, patience, tries } from "./chance.ts";

/** Bytes that mean nothing, signs that YAML lives on, and documents that have the right words in the wrong places. */
const noise = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."{}[]:-,&*!|>'\"%@#? \n\tab<\u0000\ufeff") }));
const bomb = fc.constantFrom(
  "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n",
  "[".repeat(5_000),
  "a: &a\n  b: *a\n",
  "{".repeat(3_000),
  "- ".repeat(3_000),
  "? ".repeat(2_000),
);

const value = (words: readonly string[]) =>
  fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(...words),
      fc.array(tie("any"), { maxLength: 3 }),
      tie("map"),
    ),
    map: fc.dictionary(fc.constantFrom(...words, "__proto__", "constructor", "toString"), tie("any"), { maxKeys: 6 }),
  })).map;

const kubeconfigWords = [
  "clusters",
  "users",
  "contexts",
  "current-context",
  "name",
  "cluster",
  "user",
  "context",
  "server",
  "exec",
  "command",
  "args",
  "env",
  "token",
  "tokenFile",
  "certificate-authority-data",
  "client-key-data",
  "proxy-url",
  "auth-provider",
  "as-groups",
  "https://127.0.0.1:1",
  "x",
];
const configWords = [
  "cluster",
  "clusters",
  "vault",
  "keys",
  "operator",
  "reviewer",
  "store",
  "secrets",
  "set",
  "values",
  "address",
  "prod",
  "${cluster}",
  "${secret}",
  "5",
];
const keyWords = [
  "unseal_keys_b64",
  "unseal_keys_hex",
  "unseal_shares",
  "unseal_threshold",
  "recovery_keys_b64",
  "recovery_keys_shares",
  "root_token",
  "token",
];

const nearlyKubeconfig = fc.record({
  "current-context": fc.constantFrom("x", "y", null, 7),
  clusters: fc.oneof(fc.constant([{ name: "x", cluster: { server: "https://127.0.0.1:1" } }]), value(kubeconfigWords)),
  users: fc.oneof(fc.constant([{ name: "x", user: {} }]), fc.array(fc.record({ name: fc.constant("x"), user: value(kubeconfigWords) }))),
  contexts: fc.oneof(fc.constant([{ name: "x", context: { cluster: "x", user: "x" } }]), value(kubeconfigWords)),
});

describe("whatever a file holds, what is thrown is explained", () => {
  test(
    "vault-k8s.yaml",
    () => {
      const config = fc.oneof(
        noise,
        bomb,
        value(configWords).map((each) => stringify(each)),
      );
      fc.assert(
        fc.property(config, (text) => {
          try {
            parseConfig(text, "vault-k8s.yaml");
          } catch (error) {
            explained(error);
          }
        }),
        tries(150),
      );
    },
    patience,
  );

  test(
    "a kubeconfig",
    async () => {
      const file = join(await folder(), "kubeconfig");
      const config = fc.oneof(
        noise,
        bomb,
        value(kubeconfigWords).map((each) => stringify(each)),
        nearlyKubeconfig.map((each) => stringify(each)),
      );
      await fc.assert(
        fc.asyncProperty(config, fc.constantFrom(undefined, "x", "y"), async (text, context) => {
          await writeFile(file, text);
          await orExplained(() => openKube({ kubeconfig: file, context, cluster: "x" }, { env: {}, home: "/nowhere" }));
        }),
        tries(100),
      );
    },
    patience,
  );

  test(
    "a key file, or the file of a token",
    () => {
      const keys = fc.oneof(
        noise,
        fc.constantFrom("[".repeat(100_000), "null", "[]", "1e999"),
        value(keyWords).map((each) => JSON.stringify(each)),
      );
      fc.assert(
        fc.property(keys, fc.constantFrom(parseKeys, parseToken, parseShare), (text, parse) => {
          try {
            parse(text, "init.json");
          } catch (error) {
            explained(error);
          }
        }),
        tries(150),
      );
    },
    patience,
  );

  test(
    "a values file",
    async () => {
      const cwd = await folder();
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            noise,
            bomb,
            value(configWords).map((each) => stringify(each)),
          ),
          async (text) => {
            await writeFile(join(cwd, "values.yaml"), text);
            await orExplained(() => checkValuesFiles(["values.yaml"], cwd));
          },
        ),
        tries(60),
      );
    },
    patience,
  );

  test(
    "values of secret put on standard input",
    () => {
      fc.assert(
        fc.property(
          fc.oneof(
            noise,
            fc.json(),
            fc.json().map((text) => `{${text}`),
          ),
          (text) => {
            try {
              parseInput(text);
            } catch (error) {
              explained(error);
            }
          },
        ),
        tries(150),
      );
    },
    patience,
  );
});
