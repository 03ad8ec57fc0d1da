import type { Plain } from "../../core/compare.ts";

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Left out for kinds that have no namespace. */
  readonly namespace?: string | undefined;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly operation?: string;
      readonly time?: string;
      readonly fieldsV1?: Plain;
    }[];
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly [field: string]: unknown;
}

interface OwnerReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** It manages the object; of the owners at most one does. */
  readonly controller?: boolean;
}

export interface AccessQuestion {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string | undefined;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** The object with which a token ends. */
interface TokenBoundTo {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface KubeReader {
  /** Context of the kubeconfig. */
  readonly context: string;
  /** Address of the API server in the kubeconfig. */
  readonly server: string;
  /** GET; undefined when it does not exist. Throws NotYet VK1108 when the kind itself is not served. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  /**
   * Waits until an object is as it should be, by a watch of it, or where that is not allowed by asking again. Gives it as it was at last, good or
   * not; undefined where it does not exist.
   */
  until(ref: ObjectRef, good: (found: KubeObject | undefined) => boolean, withinMs: number): Promise<KubeObject | undefined>;
  list(what: {
    apiVersion: string;
    kind: string;
    /** As its definition has it, for kinds that are not known beforehand; they live in namespaces. */
    plural?: string | undefined;
    namespace?: string | undefined;
    labelSelector?: string | undefined;
    fieldSelector?: string | undefined;
  }): Promise<KubeObject[]>;
  /** The API versions that it serves, e.g. "apps/v1". */
  apis(): Promise<readonly string[]>;
  /** UID of namespace kube-system: what tells one cluster from another. It never changes. */
  clusterUid(): Promise<string>;
  /** TokenRequest: a token of a service account that ends by itself, and with the object that it is bound to. A proof. */
  serviceAccountToken(
    account: { namespace: string; name: string },
    audiences: readonly string[],
    seconds: number,
    boundTo?: TokenBoundTo,
  ): Promise<string>;
  /** SelfSubjectAccessReview. A proof. */
  canI(question: AccessQuestion): Promise<boolean>;
  /** SubjectAccessReview: the same for a service account. A proof. */
  mayAccount(account: { namespace: string; name: string }, question: AccessQuestion): Promise<boolean>;
  /** The real call, as a dry run that stores nothing; undefined where there is none for the verb. A proof. */
  reallyMay(question: AccessQuestion): Promise<boolean | undefined>;
  /**
   * Why the API server would refuse an object, laid over the one that is there, else as a new one, in its words: a dry run. Undefined where it
   * takes it, and where that cannot be known (no right, kind or namespace not there yet). A proof.
   */
  wouldRefuse(object: KubeObject): Promise<string | undefined>;
  /** Who the API server takes the user for. SelfSubjectReview, Kubernetes 1.28 and newer; undefined before. A proof. */
  whoAmI(): Promise<string | undefined>;
  /** The last lines of a container's log, at most one MiB. */
  podLog(of: { namespace: string; name: string; container: string; lines: number }): Promise<string>;
  /** Its version, e.g. "v1.34.4", and its clock. */
  serverFacts(): Promise<ServerFacts>;
  /**
   * Runs a pod to its end and takes it away again, whatever happens. It is the one proof that stores something meanwhile: only where the
   * user asked for it.
   */
  runPod(pod: KubeObject, withinMs: number): Promise<PodOutcome>;
}

export interface ServerFacts {
  readonly version: string;
  /** The server's clock less this machine's, in milliseconds; good to about a second. Undefined where it does not say. */
  readonly clockAheadMs: number | undefined;
}

export interface PodOutcome {
  /** Left out when it did not come to an end in time. */
  readonly exitCode?: number | undefined;
  /** Its termination message, or why it did not start. */
  readonly message: string;
}

export interface KubeWriter extends KubeReader {
  /** Server-side apply as field manager vault-k8s. Takes back what was changed by hand with kubectl; never what another tool applies (VK1401). */
  apply(object: KubeObject): Promise<KubeObject>;
  /** Server-side apply with dryRun=All: admission and validation run, nothing is stored. Webhook failures are thrown at once (VK1603), not retried. */
  dryRun(object: KubeObject): Promise<void>;
  /** Merge patch, e.g. of one annotation. */
  patch(ref: ObjectRef, patch: Plain): Promise<KubeObject>;
  /** POST; undefined when an object of that name is there already. */
  create(object: KubeObject): Promise<KubeObject | undefined>;
  /** PUT of an object that was read; undefined when it was changed, taken away or made anew since. */
  replace(object: KubeObject): Promise<KubeObject | undefined>;
  /** DELETE of an object as it was read; false when it was changed or made anew since. */
  removeExactly(object: KubeObject): Promise<boolean>;
  /** DELETE; silent when it does not exist. `orphan`: what it owns stays, without an owner. */
  remove(ref: ObjectRef, how?: { readonly orphan?: boolean }): Promise<void>;
  /**
   * Runs a command in a pod's container, which has to be named: of a pod with several the API server chooses none. Throws VK1105 when that is
   * not allowed, VK1107 when the command fails.
   */
  exec(target: { namespace: string; pod: string; container: string }, command: readonly string[]): Promise<string>;
}
