/** What a person may change of the pods, by the name of the setting. */
export interface Changeable {
  /** What names another image. */
  readonly image: string;
  /** How values are given, e.g. "--values or --set server.…". */
  readonly values: string;
  /** What asks for less of a node. */
  readonly resources: string;
}

type Row = readonly [RegExp, (change: Changeable) => string];

/** What is done about it, by what is said; the first that fits. */
const rows: readonly Row[] = [
  [
    /violates PodSecurity/i,
    ({ values }) =>
      `The namespace enforces Pod Security (label pod-security.kubernetes.io/enforce). Give the pods what it asks for (${values}), or label the namespace with a level that they meet.`,
  ],
  [
    /security context constraint/i,
    ({ values }) =>
      `OpenShift gives pods their user: leave users and groups to it (${values}, with global.openshift=true where the chart knows it).`,
  ],
  [/exceeded quota|failed quota/i, ({ resources }) => `Raise the quota of the namespace, or ask for less: ${resources}.`],
  [
    /denied the request/i,
    ({ values }) =>
      `A policy of the cluster refuses the pods, and says what it wants. Give it that (${values}), or have the policy leave them out.`,
  ],
  [/anti-?affinity/i, () => "The pods want a node each. Add nodes, ask for fewer --replicas, or, on a test cluster, --no-anti-affinity."],
  [
    /(secret|configmap) "[^"]*" not found|couldn't find key/i,
    ({ values }) => `Make what the pods ask for, or take it out of the values (${values}).`,
  ],
  [
    /runAsNonRoot|run as root/i,
    ({ values }) => `The image wants to run as root. Give the pods a user (runAsUser, by ${values}), or name another image.`,
  ],
  [
    /PersistentVolumeClaim|persistent volumes? |storageclass|is not bound/i,
    () => "No volume fits. Name a StorageClass that makes volumes with --storage-class (kubectl get storageclass lists them).",
  ],
  [
    /ErrImage|ImagePull|pull image|InvalidImage/i,
    ({ image }) => `The image cannot be pulled. Check its name and the registry's access, or name another with ${image}.`,
  ],
  [/Insufficient/i, ({ resources }) => `The nodes have no room. Add nodes, or ask for less: ${resources}.`],
  [/taint/i, ({ values }) => `The nodes have taints that the pods do not tolerate. Give them tolerations (${values}), or other nodes.`],
];

/** What to do about it; undefined where it is not known. */
export const fixOf = (words: string, change: Changeable): string | undefined => rows.find(([pattern]) => pattern.test(words))?.[1](change);
