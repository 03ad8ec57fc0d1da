import { bySteps, type Cause, type Match, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import type { LoginPlan } from "../../consumers/diagnosis/login-plan.ts";
import type { StoreFact } from "../../consumers/diagnosis/operator-facts.ts";
import { isAbsent, valueOf } from "../../core/fact.ts";
import { isIn, refusal, short, storeFails, storeSaid, storeSays } from "../../consumers/diagnosis/look.ts";
import { lacksOperator } from "./operator.ts";
import { loginMend, storeMend } from "./store-mend.ts";

type CommandLines = Parameters<Cause["match"]>[1];

const nameOf = ({ asked: { store } }: Evidence): string =>
  `${store?.kind ?? ""} ${store?.namespace === undefined ? "" : `${store.namespace}/`}${store?.name ?? ""}`;

/** The store logs in otherwise than the settings say, and fails where that works. */
function differs(evidence: Evidence, field: string, of: (plan: LoginPlan) => string, mend: () => Mend): Match | undefined {
  const { storeLogin, login } = evidence;
  if (storeLogin === undefined || storeLogin === login || !isIn(login) || isIn(storeLogin)) return undefined;
  const [has, wanted] = [of(storeLogin.plan), of(login.plan)];
  if (has === wanted) return undefined;
  const words = refusal(storeLogin) ?? ("words" in storeLogin.result ? storeLogin.result.words : "");
  return {
    sure: "certain",
    evidence: [
      `${nameOf(evidence)} has ${field} ${has || "(none)"}; the settings say ${wanted || "(none)"}`,
      `a login as the store makes it fails: ${short(words)}; with what the settings say it works`,
    ],
    mend: mend(),
  };
}

/** Any symptom that a store can cause. */
function symptom(evidence: Evidence): string | undefined {
  const store = valueOf(evidence.store);
  if (storeFails(evidence)) return `the operator says of it: ${short(store?.events[0]?.message ?? store?.ready?.message ?? "nothing yet")}`;
  const failing = (valueOf(evidence.externals) ?? []).find(({ ready }) => ready?.status === "False");
  return (
    failing &&
    `the operator says of ExternalSecret ${failing.namespace}/${failing.name}: ${short(failing.events[0]?.message ?? failing.ready?.message ?? "")}`
  );
}

/** A field of the store that no login from here can try. */
function otherField(
  evidence: Evidence,
  commandLines: CommandLines,
  field: "server" | "path" | "version",
  has: (store: StoreFact) => string,
  wanted: string | undefined,
): Match | undefined {
  const store = valueOf(evidence.store);
  const seen = symptom(evidence);
  if (store === undefined || wanted === undefined || has(store) === wanted || seen === undefined) return undefined;
  return {
    sure: "certain",
    evidence: [`${nameOf(evidence)} has ${field} ${has(store) || "(none)"}; the settings say ${wanted || "(none)"}`, seen],
    mend: storeMend(evidence, commandLines, { [field]: wanted }),
  };
}

const accountOf = ({ account, tokenSecret }: LoginPlan): string => {
  if (account !== undefined) return `${account.namespace}/${account.name}`;
  return tokenSecret === undefined ? "" : `a token of Secret ${tokenSecret.name}`;
};

const network =
  /dial tcp|connection refused|no such host|i\/o timeout|deadline exceeded|no route|server misbehaving|x509|HTTP response to HTTPS|malformed/;

export const store: readonly Cause[] = [
  {
    code: "VD70",
    title: "The store does not exist",
    match: (evidence, commandLines) =>
      evidence.asked.store !== undefined && lacksOperator(evidence) === undefined && isAbsent(evidence.store)
        ? { sure: "certain", evidence: [`Kubernetes has no ${nameOf(evidence)}`], mend: bySteps(commandLines, "store") }
        : undefined,
  },
  {
    code: "VD71",
    title: "The store names another address of Vault",
    // Both addresses may lead to Vault, so another one is no fault by itself.
    match: (evidence, commandLines) => {
      const lately = storeSays(evidence, network) !== undefined;
      if (!lately && !(storeFails(evidence) && storeSaid(evidence, network) !== undefined)) return undefined;
      const match = otherField(
        evidence,
        commandLines,
        "server",
        ({ server }) => server.replace(/\/+$/, ""),
        valueOf(evidence.consumerAddress),
      );
      return match && { ...match, sure: lately ? "certain" : "likely" };
    },
  },
  {
    code: "VD72",
    title: "The store names another auth method",
    match: (evidence, commandLines) =>
      differs(
        evidence,
        "mountPath",
        ({ mount }) => mount,
        () => storeMend(evidence, commandLines, { mount: evidence.asked.mount }),
      ),
  },
  {
    code: "VD73",
    title: "The store names another role",
    match: (evidence, commandLines) =>
      differs(
        evidence,
        "role",
        ({ role }) => role.toLowerCase(),
        () => storeMend(evidence, commandLines, { role: evidence.asked.role }),
      ),
  },
  {
    code: "VD74",
    title: "The store logs in as another service account",
    match: (evidence, commandLines) => differs(evidence, "serviceAccountRef", accountOf, () => loginMend(evidence, commandLines)),
  },
  {
    code: "VD75",
    title: "The store asks for tokens of another audience",
    match: (evidence, commandLines) =>
      differs(
        evidence,
        "audiences",
        ({ audiences }) => [...audiences].sort().join(", "),
        () => loginMend(evidence, commandLines),
      ),
  },
  {
    code: "VD76",
    title: "The store reads another engine",
    match: (evidence, commandLines) =>
      otherField(evidence, commandLines, "path", ({ path }) => path.replace(/^\/+|\/+$/g, ""), evidence.asked.kvMount),
  },
  {
    code: "VD77",
    title: "The store reads the engine as another version",
    match: (evidence, commandLines) => otherField(evidence, commandLines, "version", ({ version }) => version, "v2"),
  },
  {
    code: "VD78",
    title: "The operator does not trust Vault's certificate",
    match: (evidence, commandLines) => {
      const said = storeSays(evidence, /x509/);
      if (said === undefined || !storeFails(evidence)) return undefined;
      return {
        sure: "certain",
        evidence: [
          `the operator says: ${said}`,
          `${nameOf(evidence)} has ${valueOf(evidence.store)?.hasCa === true ? "a CA that did not sign it" : "no CA"}`,
        ],
        mend: caMend(evidence, commandLines),
      };
    },
  },
];

/** Gives the store the CA that signed Vault's certificate. */
function caMend(evidence: Evidence, commandLines: CommandLines): Mend {
  const ca = valueOf(evidence.consumerCa);
  return ca === undefined ? bySteps(commandLines, "store") : storeMend(evidence, commandLines, { ca });
}
