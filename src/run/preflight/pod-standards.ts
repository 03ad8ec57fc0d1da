import { isRecord } from "../../core/compare.ts";
import { at, list, text, texts } from "../../core/values.ts";

/** Of the standards, those that refuse something: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type Level = "baseline" | "restricted";

interface Container {
  readonly name: string;
  readonly own: unknown;
  readonly security: unknown;
}

/** One control: what is wrong with a pod, in the words of the API server where there are such. */
type Control = (pod: unknown, containers: readonly Container[]) => string[];

const named = (what: string, wrong: readonly Container[], must: string): string[] =>
  wrong.length === 0
    ? []
    : [
        `${what} (${wrong.length > 1 ? "containers" : "container"} ${wrong.map(({ name }) => JSON.stringify(name)).join(", ")} must ${must})`,
      ];

const added = ({ security }: Container): string[] => texts(at(security, "capabilities", "add"));
const profileOf = (context: unknown): string | undefined => text(at(context, "seccompProfile", "type"));

/** What baseline lets a container add: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline */
const harmless: ReadonlySet<string> = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(" "),
);
const safeSysctls =
  /^(kernel\.shm_rmid_forced|net\.ipv4\.(ip_local_port_range|ip_unprivileged_port_start|tcp_syncookies|ping_group_range|ip_local_reserved_ports|tcp_keepalive_time|tcp_fin_timeout|tcp_keepalive_intvl|tcp_keepalive_probes))$/;
const plainVolumes: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
  "image",
]);

const baseline: readonly Control[] = [
  (pod) =>
    ["hostNetwork", "hostPID", "hostIPC"].filter((field) => at(pod, field) === true).map((field) => `host namespaces (${field}=true)`),
  (_, all) =>
    named(
      "privileged",
      all.filter(({ security }) => at(security, "privileged") === true),
      "not set securityContext.privileged=true",
    ),
  (_, all) =>
    named(
      "non-default capabilities",
      all.filter((one) => added(one).some((each) => !harmless.has(each))),
      "not add capabilities",
    ),
  (pod) =>
    list(at(pod, "volumes")).flatMap((volume) =>
      at(volume, "hostPath") === undefined ? [] : [`hostPath volumes (volume ${JSON.stringify(text(at(volume, "name")) ?? "")})`],
    ),
  (_, all) =>
    named(
      "hostPort",
      all.filter(({ own }) => list(at(own, "ports")).some((port) => (at(port, "hostPort") ?? 0) !== 0)),
      "not set hostPort",
    ),
  (pod, all) => [
    ...(profileOf(at(pod, "securityContext")) === "Unconfined" ? ["seccompProfile (pod must not set it to Unconfined)"] : []),
    ...named(
      "seccompProfile",
      all.filter(({ security }) => profileOf(security) === "Unconfined"),
      "not set it to Unconfined",
    ),
  ],
  (_, all) =>
    named(
      "procMount",
      all.filter(({ security }) => (text(at(security, "procMount")) ?? "Default") !== "Default"),
      "not set securityContext.procMount",
    ),
  (pod) =>
    list(at(pod, "securityContext", "sysctls")).flatMap((one) => {
      const name = text(at(one, "name")) ?? "";
      return safeSysctls.test(name) ? [] : [`forbidden sysctls (${name})`];
    }),
];

const restricted: readonly Control[] = [
  (_, all) =>
    named(
      "allowPrivilegeEscalation != false",
      all.filter(({ security }) => at(security, "allowPrivilegeEscalation") !== false),
      "set securityContext.allowPrivilegeEscalation=false",
    ),
  (_, all) =>
    named(
      "unrestricted capabilities",
      all.filter(
        (one) => !texts(at(one.security, "capabilities", "drop")).includes("ALL") || added(one).some((each) => each !== "NET_BIND_SERVICE"),
      ),
      'set securityContext.capabilities.drop=["ALL"]',
    ),
  (pod) =>
    list(at(pod, "volumes")).flatMap((volume) => {
      const wrong = isRecord(volume) ? Object.keys(volume).filter((key) => key !== "name" && !plainVolumes.has(key)) : [];
      return wrong.map((type) => `restricted volume types (volume ${JSON.stringify(text(at(volume, "name")) ?? "")} uses ${type})`);
    }),
  (pod, all) =>
    named(
      "runAsNonRoot != true",
      all.filter(({ security }) => (at(security, "runAsNonRoot") ?? at(pod, "securityContext", "runAsNonRoot")) !== true),
      "set securityContext.runAsNonRoot=true",
    ),
  (pod, all) => [
    ...(at(pod, "securityContext", "runAsUser") === 0 ? ["runAsUser=0 (pod must not set it)"] : []),
    ...named(
      "runAsUser=0",
      all.filter(({ security }) => at(security, "runAsUser") === 0),
      "not set it",
    ),
  ],
  (pod, all) =>
    named(
      "seccompProfile",
      all.filter(
        ({ security }) => !/^(RuntimeDefault|Localhost)$/.test(profileOf(security) ?? profileOf(at(pod, "securityContext")) ?? ""),
      ),
      'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    ),
];

/** What a level refuses of a pod; restricted is all of baseline and more. */
export function violations(pod: unknown, level: Level): string[] {
  const containers = ["initContainers", "containers"]
    .flatMap((field) => list(at(pod, field)))
    .map((own) => ({ name: text(at(own, "name")) ?? "", own, security: at(own, "securityContext") }));
  return [...baseline, ...(level === "restricted" ? restricted : [])].flatMap((control) => control(pod, containers));
}
