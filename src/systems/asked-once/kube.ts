import type { KubeReader, KubeWriter } from "../world.ts";
import { sameWords, type Ask, type Asked, type Kept } from "./kept.ts";

/**
 * One cluster, asked once. Of the proofs those are kept that are plainly the same fact when they are asked again: access reviews, and who one
 * is. A token is made for each proof, and what a pod says that was run, or a webhook to a dry run, is of the moment.
 */
export function keptKube(client: KubeWriter, kept: Kept): Asked<KubeWriter> {
  return { once: kube(client, kept, kept.ask), anew: kube(client, kept, kept.anew) };
}

// Every method stands here: a new one has to say what it is.
const kube = (client: KubeWriter, kept: Kept, ask: Ask): KubeWriter => ({
  context: client.context,
  server: client.server,
  ...objects(client, ask),
  ...rights(client, ask),
  until: (ref, good, withinMs) => client.until(ref, good, withinMs),
  clusterUid: () => kept.answers.lasting(`kube ${client.context} uid`, () => client.clusterUid()),
  apis: () => ask(`kube ${client.context} apis`, () => client.apis()),
  serverFacts: () => ask(`kube ${client.context} version`, () => client.serverFacts()),
  serviceAccountToken: (account, audiences, seconds, boundTo) => client.serviceAccountToken(account, audiences, seconds, boundTo),
  runPod: (pod, withinMs) => client.runPod(pod, withinMs),
  wouldRefuse: (object) => client.wouldRefuse(object),
  dryRun: (object) => client.dryRun(object),
  apply: (object) => kept.write(() => client.apply(object)),
  patch: (ref, patch) => kept.write(() => client.patch(ref, patch)),
  create: (object) => kept.write(() => client.create(object)),
  replace: (object) => kept.write(() => client.replace(object)),
  removeExactly: (object) => kept.write(() => client.removeExactly(object)),
  remove: (ref, how) => kept.write(() => client.remove(ref, how)),
  exec: (target, command) => kept.write(() => client.exec(target, command)),
});

/** Who holds it may change at any moment: it is asked each time. */
const lock = "Lease";

const objects = (client: KubeReader, ask: Ask): Pick<KubeReader, "get" | "list" | "podLog"> => ({
  get: ({ apiVersion, kind, name, namespace }) => {
    const ref = { apiVersion, kind, name, namespace };
    if (kind === lock) return client.get(ref);
    return ask(`kube ${client.context} get ${sameWords(ref)}`, () => client.get(ref));
  },
  list: (what) => ask(`kube ${client.context} list ${sameWords(what)}`, () => client.list(what)),
  podLog: (of) => ask(`kube ${client.context} log ${sameWords(of)}`, () => client.podLog(of)),
});

const rights = (client: KubeReader, ask: Ask): Pick<KubeReader, "canI" | "mayAccount" | "reallyMay" | "whoAmI"> => ({
  canI: (question) => ask(`kube ${client.context} may I ${sameWords(question)}`, () => client.canI(question)),
  mayAccount: (account, question) =>
    ask(`kube ${client.context} may it ${sameWords([account, question])}`, () => client.mayAccount(account, question)),
  reallyMay: (question) => ask(`kube ${client.context} may I really ${sameWords(question)}`, () => client.reallyMay(question)),
  whoAmI: () => ask(`kube ${client.context} who am I`, () => client.whoAmI()),
});
