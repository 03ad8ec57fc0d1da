import type { Input, Place } from "./kubeconfigs.ts";

/** A piece of a kubeconfig, by what it is. */
type Pieces = Readonly<Record<string, string>>;

/** Numbers from 0 to 1 that are the same in every run of a seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Those that kubectl-generated.json has kubectl's answers of. */
export const ofTable = { count: 160, seed: 14 } as const;

/**
 * Kubeconfigs of pieces that are met in the wild, put together by chance: as many as are wanted, the same ones for the same seed. Each name says what
 * it is made of.
 */
export function generated(
  place: Place,
  { count, seed }: { readonly count: number; readonly seed: number },
): Readonly<Record<string, Input>> {
  const next = numbers(seed);
  const any = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const pick = (pieces: Pieces): readonly [string, string] => any(Object.entries(pieces));
  const all: Record<string, Input> = {};
  for (let at = 1; at <= count; at++) {
    // The plain piece more often than not: where all is odd, everything is refused.
    const piece = (pieces: Pieces): readonly [string, string] => (next() < 0.65 ? Object.entries(pieces)[0]! : pick(pieces));
    const [cluster, user, context, more, top] = [
      piece(clusters(place)),
      piece(users(place)),
      piece(contexts),
      piece(beside(place)),
      piece(tops),
    ];
    const text = next() < 0.4 ? plain : any(Object.entries(texts));
    const files = any(Object.entries(layouts));
    const parts = { cluster: cluster[1], user: user[1], context: context[1], more: more[1], top: top[1] };
    const env = any(environments(place));
    const name = [String(at), files[0], text[0], ...[cluster, user, context, more, top].map(([said]) => said), env[0]].filter(
      (one) => one !== "",
    );
    const made = files[1](parts);
    all[name.join(" · ")] = {
      files: Object.fromEntries(Object.entries(made.files).map(([file, content]) => [file, text[1](String(content))])),
      env: { ...made.env, ...env[1] },
      ...(next() < 0.2 && { context: any(["a", "b", "x"]) }),
    };
  }
  return all;
}

const clusters = ({ server, socks, proxy, ca }: Place): Pieces => ({
  "": `{server: "${server}", certificate-authority-data: ${ca}}`,
  "a CA file": `{server: "${server}", certificate-authority: ca.pem}`,
  "empty data beside a CA file": `{server: "${server}", certificate-authority: ca.pem, certificate-authority-data: ""}`,
  "insecure: yes": `{server: "${server}", insecure-skip-tls-verify: yes}`,
  "insecure: ON": `{server: "${server}", insecure-skip-tls-verify: ON}`,
  "insecure: n, and a CA": `{server: "${server}", insecure-skip-tls-verify: n, certificate-authority-data: ${ca}}`,
  "insecure in quotes": `{server: "${server}", insecure-skip-tls-verify: "yes"}`,
  "insecure and a CA": `{server: "${server}", insecure-skip-tls-verify: on, certificate-authority: ca.pem}`,
  "a server twice, the last counts": `{server: "https://nowhere.test", server: "${server}", certificate-authority-data: ${ca}}`,
  "a server twice, the last is empty": `{server: "${server}", server: "", certificate-authority-data: ${ca}}`,
  "a server by proxy-url": `{server: "https://api.corp.test:16443", certificate-authority-data: ${ca}, proxy-url: "http://${proxy}"}`,
  "a server by proxy-url of socks5": `{server: "https://api.corp.test:16443", certificate-authority-data: ${ca}, proxy-url: "socks5://${socks}"}`,
  "an empty proxy-url and tls-server-name": `{server: "${server}", certificate-authority-data: ${ca}, proxy-url: "", tls-server-name: ""}`,
  "a tls-server-name": `{server: "${server}", certificate-authority-data: ${ca}, tls-server-name: kubernetes.default.svc}`,
  "an empty server": `{server: "", certificate-authority-data: ${ca}}`,
  "no compression": `{server: "${server}", certificate-authority-data: ${ca}, disable-compression: yes}`,
});

const plugin = (more: string): string =>
  `{exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, 'echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"p$X\\"}}"'], ${more}}}`;

const users = ({ certificate, key }: Place): Pieces => ({
  "": "{token: abc}",
  "a token file": "{tokenFile: token}",
  "a token and a token file": "{token: abc, tokenFile: token}",
  "an empty token, a token file": '{token: "", tokenFile: token}',
  "empty strings beside a token": '{token: abc, username: "", password: "", client-certificate: "", client-key: "", tokenFile: ""}',
  "a token twice": "{token: first, token: last}",
  "a password": "{username: me, password: pw}",
  "a password and a token": "{username: me, password: pw, token: abc}",
  "a certificate": `{client-certificate-data: ${certificate}, client-key-data: ${key}}`,
  "certificate files": "{client-certificate: client.pem, client-key: client.key}",
  "a certificate without its key": `{client-certificate-data: ${certificate}, token: abc}`,
  "as a user in groups": "{token: abc, as: admin@corp, as-groups: [devs, ops], as-uid: u1}",
  "as a user with extras": "{token: abc, as: admin@corp, as-user-extra: {reason: [x, y], Team: [z]}}",
  "as groups alone": "{token: abc, as-groups: [devs]}",
  "a plugin": plugin("env: [{name: X, value: y}], interactiveMode: Never"),
  "a plugin, its variable without a value": plugin("env: [{name: X}], interactiveMode: IfAvailable"),
  "a plugin with clusterInfo": plugin("interactiveMode: Never, provideClusterInfo: off"),
  "a plugin without a mode": plugin("env: null"),
  "a plugin beside a token": `{token: abc, ${plugin("interactiveMode: Never").slice(1)}`,
  "a removed provider": "{auth-provider: {name: gcp, config: {x: z}}}",
  "a provider beside a token": "{token: abc, auth-provider: {name: azure}}",
});

const contexts: Pieces = {
  "": "{cluster: a, user: a}",
  "a namespace": "{cluster: a, user: a, namespace: team}",
  "an empty namespace, extensions": '{cluster: a, user: a, namespace: "", extensions: [{name: x, extension: {y: 1}}]}',
  "a user that is not there": "{cluster: a, user: gone}",
  "a cluster that is not there": "{cluster: gone, user: a}",
  "no cluster": "{user: a}",
  "a cluster twice": "{cluster: gone, cluster: a, user: a}",
};

/** What stands in the lists besides, as three lists. */
const beside = ({ server }: Place): Pieces => ({
  "": "||",
  "a stub of each": "- name: b\n|- name: b\n|- name: b\n",
  "half a cluster": '- name: b\n  cluster: {server: ""}\n||',
  "a context of nothing": "||- name: b\n  context: {cluster: gone, user: gone}\n",
  "half a plugin": "|- name: b\n  user: {exec: {command: x}}\n|",
  "a whole second set": `- name: b\n  cluster: {server: "${server}", insecure-skip-tls-verify: true}\n|- name: b\n  user: {token: b}\n|- name: b\n  context: {cluster: b, user: b}\n`,
  "the same names again": `- name: a\n  cluster: {server: "${server}", insecure-skip-tls-verify: true}\n|- name: a\n  user: {token: second}\n|`,
});

const tops: Pieces = {
  "": "current-context: a\n",
  "kind and apiVersion": "apiVersion: v1\nkind: Config\ncurrent-context: a\npreferences: {}\n",
  "another apiVersion": "apiVersion: v2\nkind: Config\ncurrent-context: a\n",
  "current-context twice": "current-context: gone\ncurrent-context: a\n",
  "a current-context that is gone": "current-context: gone\n",
};

const plain = ["", (content: string) => content] as const;

const texts: Readonly<Record<string, (content: string) => string>> = {
  "a BOM": (content) => `\ufeff${content}`,
  "a BOM and dashes": (content) => `\ufeff---\n${content}`,
  CRLF: (content) => content.replaceAll("\n", "\r\n"),
  "a second document": (content) => `${content}---\ncurrent-context: other\nusers: []\n`,
  "a comment and dashes": (content) => `# of the platform team\n---\n${content}`,
  "a directive": (content) => `%YAML 1.1\n---\n${content}`,
};

interface Parts {
  readonly cluster: string;
  readonly user: string;
  readonly context: string;
  readonly more: string;
  readonly top: string;
}

const list = (name: string, kind: string, value: string, more = ""): string => `${name}:\n- name: a\n  ${kind}: ${value}\n${more}`;

/** The same words, over one file or several. */
const layouts: Readonly<Record<string, (parts: Parts) => Required<Pick<Input, "files" | "env">>>> = {
  "": (parts) => ({ files: { config: whole(parts) }, env: {} }),
  "one file": (parts) => ({ files: { config: whole(parts) }, env: {} }),
  "users in a second file": (parts) => {
    const [clusters, users, contexts] = parts.more.split("|");
    return {
      files: {
        one: `${parts.top}${list("clusters", "cluster", parts.cluster, clusters)}${list("contexts", "context", parts.context, contexts)}`,
        two: list("users", "user", parts.user, users),
      },
      env: { KUBECONFIG: "DIR/one:DIR/two" },
    };
  },
  "a file that is not there, then it": (parts) => ({ files: { one: whole(parts) }, env: { KUBECONFIG: "DIR/gone:DIR/one" } }),
  "an empty file, then it": (parts) => ({ files: { empty: "", one: whole(parts) }, env: { KUBECONFIG: "DIR/empty::DIR/one" } }),
  "another of the same names first": (parts) => ({
    files: { one: `users:\n- name: a\n  user: {token: of-the-first}\n`, two: whole(parts) },
    env: { KUBECONFIG: "DIR/one:DIR/two" },
  }),
  "half a cluster of the same name first": (parts) => ({
    files: { one: `clusters:\n- name: a\n  cluster: {tls-server-name: kubernetes.default.svc}\n`, two: whole(parts) },
    env: { KUBECONFIG: "DIR/one:DIR/two" },
  }),
  "in a folder": (parts) => ({ files: { "x/one": whole(parts) }, env: { KUBECONFIG: "DIR/x/one" } }),
};

function whole({ cluster, user, context, more, top }: Parts): string {
  const [clusters, users, contexts] = more.split("|");
  return `${top}${list("clusters", "cluster", cluster, clusters)}${list("users", "user", user, users)}${list("contexts", "context", context, contexts)}`;
}

const environments = ({ proxy }: Place): readonly (readonly [string, Readonly<Record<string, string>>])[] => [
  ["", {}],
  ["", {}],
  ["HTTPS_PROXY", { HTTPS_PROXY: `http://${proxy}` }],
  ["HTTPS_PROXY, NO_PROXY", { https_proxy: proxy, NO_PROXY: ".corp.test" }],
  ["ALL_PROXY", { ALL_PROXY: "http://127.0.0.1:1", npm_config_proxy: "http://127.0.0.1:1" }],
];
