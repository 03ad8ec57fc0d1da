import { patchCommand, patchedObject } from "../../kubernetes/patched-object.ts";
import { byHand, bySteps, kubectl, type Cause, type CommandLines, type Match, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence, ReadResult } from "../../consumers/diagnosis/evidence.ts";
import type { ExternalFact } from "../../consumers/diagnosis/operator-facts.ts";
import { word } from "../../core/shell.ts";
import { isKnown, valueOf } from "../../core/fact.ts";
import { apiPath } from "../../consumers/diagnosis/kv-path.ts";
import { isIn, short, usedLogin } from "../../consumers/diagnosis/look.ts";
import { edit, failing, titled } from "./external.ts";
import { lacksOperator } from "./operator.ts";

/** The first ExternalSecret that fails, with the key for which it does. */
function withKey(evidence: Evidence, fits: (read: ReadResult, property: string | undefined) => boolean) {
  const { reads } = usedLogin(evidence);
  const mount = valueOf(evidence.store)?.path || evidence.asked.kvMount;
  for (const external of failing(evidence)) {
    for (const { path, property } of external.keys) {
      const read = reads.find((one) => one.path === apiPath(mount, path));
      if (read !== undefined && fits(read, property)) return { external, read, property };
    }
  }
  return undefined;
}

const specOf = ({ asked }: Evidence, external: ExternalFact) =>
  external.namespace === asked.namespace ? asked.secrets.find(({ name }) => name === external.name) : undefined;

/** An ExternalSecret that the settings name is written by its step, or where another tool wrote fields of it by a patch; another one is its owner's. */
function secretMend(evidence: Evidence, commandLines: CommandLines, external: ExternalFact, look: string): Mend {
  const { asked } = evidence;
  const spec = specOf(evidence, external);
  if (spec === undefined) return byHand(look, "The ExternalSecret is not among those of the settings, so it is left to its owner.");
  const fields = asked.store && asked.consumer.objects?.secretPatch?.(spec, { prefix: asked.kvPrefix, store: asked.store });
  if (!external.foreign || fields === undefined) return bySteps(commandLines, "secret");
  const { apiVersion, name, namespace } = external;
  const ref = { apiVersion, kind: "ExternalSecret", name, namespace };
  const patch = { spec: fields };
  return { command: patchCommand(asked.context, ref, patch), resources: [patchedObject(ref, patch)] };
}

/** Path below the prefix, as `secret put` takes it. */
function below({ asked: { kvMount, kvPrefix } }: Evidence, path: string): string | undefined {
  const start = `${kvMount}/data/${kvPrefix}`;
  return path.startsWith(start) ? path.slice(start.length) : undefined;
}

/** The path that the settings say for an ExternalSecret. */
function wantedPath(evidence: Evidence, external: ExternalFact): string | undefined {
  const spec = specOf(evidence, external);
  return spec && `${evidence.asked.kvMount}/data/${evidence.asked.kvPrefix}${spec.path}`;
}

export const sync: readonly Cause[] = [
  {
    code: "VD80",
    title: "The ExternalSecret does not exist",
    match: (evidence, commandLines) => {
      const lost =
        !isKnown(evidence.externals) || lacksOperator(evidence) !== undefined
          ? undefined
          : evidence.asked.secrets.find(
              ({ name }) => !valueOf(evidence.externals)?.some((one) => one.name === name && one.namespace === evidence.asked.namespace),
            );
      return lost === undefined
        ? undefined
        : {
            sure: "certain",
            evidence: [`Kubernetes has no ExternalSecret ${evidence.asked.namespace}/${lost.name}`],
            mend: bySteps(commandLines, "secret"),
          };
    },
  },
  {
    code: "VD81",
    title: "The ExternalSecret uses another store",
    match: (evidence, commandLines) => {
      const { store } = evidence.asked;
      const found = failing(evidence).find(
        (one) => store !== undefined && one.store !== undefined && (one.store.kind !== store.kind || one.store.name !== store.name),
      );
      if (found === undefined || store === undefined) return undefined;
      const patch = `patch externalsecret ${found.name} -n ${found.namespace} --type merge -p '{"spec":{"secretStoreRef":{"kind":"${store.kind}","name":"${store.name}"}}}'`;
      return {
        sure: "certain",
        evidence: [
          `${titled(found)} uses ${found.store?.kind ?? ""} ${found.store?.name ?? ""}; the settings say ${store.kind} ${store.name}`,
          saysOf(found),
        ],
        mend: secretMend(evidence, commandLines, found, kubectl(evidence, patch)),
      };
    },
  },
  {
    code: "VD82",
    title: "The ExternalSecret reads another path than the settings say",
    match: (evidence, commandLines) => {
      const found = withKey(evidence, (read) => read.kind === "denied" || read.kind === "absent");
      const wanted = found && wantedPath(evidence, found.external);
      const engine = valueOf(evidence.store)?.path;
      if (engine !== undefined && engine !== evidence.asked.kvMount) return undefined;
      if (found === undefined || wanted === undefined || found.read.path === wanted) return undefined;
      return {
        sure: "certain",
        evidence: [
          `${titled(found.external)} reads ${found.read.path}, which ${found.read.kind === "absent" ? "holds nothing" : "it may not"}; the settings say ${wanted}`,
        ],
        mend: secretMend(evidence, commandLines, found.external, edit(evidence, found.external)),
      };
    },
  },
  {
    code: "VD89",
    title: "The secret in Vault was deleted, and can be had again",
    match: (evidence) => {
      const found = withKey(evidence, (read) => read.kind === "absent" && read.deleted !== undefined);
      if (found?.read.kind !== "absent") return undefined;
      const [mount, path] = found.read.path.split(/\/data\/(.*)/s);
      return {
        sure: "certain",
        evidence: [`${titled(found.external)} reads ${found.read.path}, whose newest version, ${found.read.deleted}, was deleted (404)`],
        mend: byHand(
          `vault kv undelete -mount=${word(mount ?? "")} -versions=${found.read.deleted} ${word(path ?? "")}`,
          "It brings that version back. If it was deleted on purpose, write another one: vault-k8s secret put.",
        ),
      };
    },
  },
  {
    code: "VD83",
    title: "Vault holds nothing at the path",
    match: (evidence, commandLines) => {
      const found = withKey(evidence, (read) => read.kind === "absent" && read.deleted === undefined);
      if (found === undefined) return undefined;
      const path = below(evidence, found.read.path);
      const mend =
        path === undefined
          ? byHand(edit(evidence, found.external), "Name a path that holds something.")
          : byHand(commandLines.own("secret put", path, "-"), "It reads key=value lines or a JSON object from standard input.");
      return {
        sure: "certain",
        evidence: [`${titled(found.external)} reads ${found.read.path}, and Vault holds nothing there (404)`],
        mend,
      };
    },
  },
  {
    code: "VD84",
    title: "The secret in Vault lacks a key",
    match: (evidence) => {
      const found = withKey(
        evidence,
        (read, property) => property !== undefined && read.kind === "found" && !read.keys.includes(property.split(".")[0] ?? ""),
      );
      if (found === undefined || found.read.kind !== "found") return undefined;
      const { kvMount } = evidence.asked;
      const path = found.read.path.slice(`${kvMount}/data/`.length);
      return {
        sure: "certain",
        evidence: [
          `${titled(found.external)} wants ${found.property ?? ""} of ${found.read.path}, which has ${found.read.keys.join(", ") || "no keys"}`,
        ],
        mend: byHand(`vault kv patch -mount=${kvMount} ${path} ${found.property ?? ""}=-`, "It reads the value from standard input."),
      };
    },
  },
  {
    code: "VD85",
    title: "The ExternalSecret reads a path that the cluster may not",
    match: (evidence, commandLines) => {
      const found = withKey(evidence, ({ kind }) => kind === "denied");
      if (found === undefined || !isIn(usedLogin(evidence)) || below(evidence, found.read.path) !== undefined) return undefined;
      return {
        sure: "certain",
        evidence: [
          `${titled(found.external)} reads ${found.read.path}; this cluster may read below ${evidence.asked.kvMount}/data/${evidence.asked.kvPrefix}`,
        ],
        mend: secretMend(evidence, commandLines, found.external, edit(evidence, found.external)),
      } satisfies Match;
    },
  },
];

const saysOf = (external: ExternalFact): string =>
  `the operator says of it: ${short(external.events[0]?.message ?? external.ready?.message ?? "nothing yet")}`;
