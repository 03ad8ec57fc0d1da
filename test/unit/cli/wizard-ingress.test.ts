import { expect, test } from "vitest";
import type { Answers } from "../../../src/cli/commands/init/answers.ts";
import { questions } from "../../../src/cli/commands/init/questions.ts";
import type { Questions } from "../../../src/cli/render/questions.ts";
import type { Walk } from "../../../src/cli/commands/init/question.ts";

const walk = (answers: Answers): Walk => ({ answers, contexts: [], current: undefined, env: {}, found: undefined });
const asks = (answers: Answers): string[] => questions.filter(({ when }) => when?.(walk(answers)) !== false).map(({ id }) => id);
const answer = (id: string, answers: Answers, given: string) => {
  const ask = { text: () => Promise.resolve(given), select: () => Promise.resolve(given) } as unknown as Questions;
  return questions.find((one) => one.id === id)!.ask(walk(answers), ask);
};

test("an Ingress is asked for its certificate, after it is known whether Vault speaks TLS; another way takes the answer away", async () => {
  const order = asks({ expose: "Ingress" });
  expect(order.indexOf("ingress-tls-secret")).toBeGreaterThan(order.indexOf("certificate"));
  expect(asks({ expose: "Ingress", insecureNoTls: true })).not.toContain("ingress-tls-secret");
  expect(asks({ expose: "LoadBalancer" })).not.toContain("ingress-tls-secret");
  expect(await answer("ingress-tls-secret", { expose: "Ingress" }, "vault-host-tls")).toEqual({ ingressTlsSecret: "vault-host-tls" });
  const other = await answer("expose", { expose: "Ingress", ingressTlsSecret: "vault-host-tls" }, "ClusterIP");
  expect(other).toMatchObject({ ingressTlsSecret: undefined });
  expect(Object.keys(other)).toContain("ingressTlsSecret");
});
