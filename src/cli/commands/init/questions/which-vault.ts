import { addressesOutside } from "../../../found/place.ts";
import { back, type Choice } from "../../../render/questions.ts";
import { type Walk, type Question, textOf, textFor } from "../question.ts";

export const where: Question = {
  id: "where",
  ask: async ({ answers, contexts, env, found }, ask) => {
    const here = (found?.vaults ?? []).map(({ namespace, release }) => ({
      value: `here ${namespace} ${release}`,
      name: `the one that runs here: release ${release} in namespace ${namespace}`,
    }));
    const named = namedOutside(found);
    const choices: Choice<string>[] = [
      ...here,
      { value: "install", name: here.length > 0 ? "another one, installed in this cluster" : "install it in this cluster" },
      ...named.map(({ address, by }) => ({ value: `named ${address}`, name: `the one at ${address}, which ${by} names` })),
      { value: "address", name: "one at an address" },
      ...(contexts.length > 1 ? [{ value: "context", name: "one that runs in the cluster of another context" }] : []),
    ];
    const said = answers.vaultAddr !== undefined ? "address" : answers.vaultContext !== undefined ? "context" : undefined;
    const given = await ask.select({
      message: "Which Vault?",
      explain: "One that exists is used as it is: nothing is installed, initialised or unsealed at an address or in another cluster.",
      choices,
      proposed: said ?? here[0]?.value ?? (addressIn(env) === undefined ? "install" : "address"),
    });
    if (given === back) return back;
    const [kind, namespace, release] = given.split(" ");
    const none = { vaultAddr: undefined, caCert: undefined, vaultContext: undefined, install: undefined };
    if (kind === "address")
      return {
        ...none,
        vaultAddr: answers.vaultAddr ?? addressIn(env) ?? "",
        caCert: answers.caCert,
        installNamespace: undefined,
        release: undefined,
      };
    if (kind === "named") return { ...none, vaultAddr: namespace, caCert: answers.caCert, installNamespace: undefined, release: undefined };
    if (kind === "context") return { ...none, vaultContext: answers.vaultContext ?? "" };
    // A variable alone must not decide where Vault is.
    const install = addressIn(env) === undefined ? undefined : true;
    if (kind === "here")
      return {
        ...none,
        install,
        installNamespace: namespace === "vault" ? undefined : namespace,
        release: release === "vault" ? undefined : release,
      };
    const taken = here.some(({ value }) => value === "here vault vault");
    return { ...none, install, installNamespace: taken ? "vault-2" : undefined, release: undefined };
  },
};

/** Addresses of a Vault elsewhere that objects of the cluster name. */
const namedOutside = (found: Walk["found"]) => (found === undefined ? [] : addressesOutside(found.wiring));

const addressIn = (env: Walk["env"]): string | undefined => env["VAULT_ADDR"] || env["BAO_ADDR"] || undefined;

export const address: Question = {
  id: "address",
  when: ({ answers }) => answers.vaultAddr !== undefined,
  ask: textFor("vaultAddr", {
    message: "Its address?",
    explain: "At which this machine and the pods of the cluster reach it, such as https://vault.example.com:8200.",
    proposed: ({ env }) => addressIn(env),
  }),
};

export const caCert: Question = {
  id: "ca",
  when: ({ answers }) => /^https:/i.test(textOf(answers.vaultAddr) ?? ""),
  ask: textFor("caCert", {
    message: "PEM file of the CA of its certificate? (empty: a public one)",
    explain: "Pods are told to trust it too.",
    optional: true,
    proposed: ({ env }) => env["VAULT_CACERT"] || env["BAO_CACERT"] || "",
  }),
};

export const vaultContext: Question = {
  id: "vault-context",
  when: ({ answers }) => answers.vaultContext !== undefined,
  ask: async ({ answers, contexts }, ask) => {
    const given = await ask.select({
      message: "In which cluster does it run?",
      explain: "It is reached by a port-forward there, and pods reach it at its load balancer or Ingress.",
      choices: contexts.filter(({ name }) => name !== answers.context).map(({ name }) => ({ value: name, name })),
      proposed: textOf(answers.vaultContext),
    });
    return given === back ? back : { vaultContext: given };
  },
};
