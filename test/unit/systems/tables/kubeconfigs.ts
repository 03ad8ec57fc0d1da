/** What stands in for what differs between two runs: an API server, its CA and a client certificate, as base64 of PEM. */
export interface Place {
  /** https://127.0.0.1:PORT */
  readonly server: string;
  /** HOST:PORT of an http and of a SOCKS proxy that know https://api.corp.test:16443. */
  readonly proxy: string;
  readonly socks: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** One way to write a kubeconfig. */
export interface Input {
  /** By name, in one folder, beside ca.pem, client.pem, client.key and token ("from-file"). */
  readonly files: Readonly<Record<string, string | Buffer>>;
  /** DIR is their folder. Without KUBECONFIG it is the file "config". */
  readonly env?: Readonly<Record<string, string>>;
  readonly context?: string;
}

/** Makes a kubeconfig of pieces of YAML, each of which may be another than the plain one. */
export function inputs({ server, proxy, socks, ca, certificate, key }: Place): Readonly<Record<string, Input>> {
  const good = `{server: "${server}", certificate-authority-data: ${ca}}`;
  const config = ({
    cluster = good,
    user = "{token: abc}",
    clusters = "",
    users = "",
    contexts = "",
    top = "current-context: a\n",
    context = "{cluster: a, user: a}",
  } = {}) => `${top}clusters:
- name: a
  cluster: ${cluster}
${clusters}users:
- name: a
  user: ${user}
${users}contexts:
- name: a
  context: ${context}
${contexts}`;
  const one = (pieces: Parameters<typeof config>[0] = {}): Input => ({ files: { config: config(pieces) } });
  const cluster = (more: string) => one({ cluster: `{server: "${server}", ${more}}` });
  const trusting = (more: string) => cluster(`certificate-authority-data: ${ca}, ${more}`);
  const away = (more = "x: 1") => one({ cluster: `{server: "https://api.corp.test:16443", certificate-authority-data: ${ca}, ${more}}` });
  const user = (fields: string) => one({ user: `{${fields}}` });
  const exec = (fields: string) => user(`exec: {${fields}}`);
  const script = (token: string) =>
    `command: sh, args: [-c, 'echo "{\\"apiVersion\\":\\"$V\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{${token}}}"']`;
  const v1 = "client.authentication.k8s.io/v1";
  const version = (name: string) => `apiVersion: ${name}, env: [{name: V, value: ${name}}]`;
  const plugin = (name: string, token = '\\\\\\"token\\\\\\":\\\\\\"t\\\\\\"') =>
    `${version(name)}, ${script(token.replaceAll("\\\\\\", "\\"))}`;
  const plain = config();
  return {
    plain: one(),
    // Entries that the context does not name.
    "another cluster with an empty server": one({ clusters: '- name: b\n  cluster: {server: ""}\n' }),
    "another cluster that is a stub": one({ clusters: "- name: b\n" }),
    "another cluster that is null": one({ clusters: "- name: b\n  cluster: null\n" }),
    "another context without a cluster": one({ contexts: "- name: b\n  context: {user: a}\n" }),
    "another context that is a stub": one({ contexts: "- name: b\n" }),
    "another context of things that are not there": one({ contexts: "- name: b\n  context: {cluster: x, user: z}\n" }),
    "another user whose exec has no apiVersion": one({ users: "- name: b\n  user: {exec: {command: x}}\n" }),
    "another user whose exec has no command": one({ users: `- name: b\n  user: {exec: {apiVersion: ${v1}}}\n` }),
    "another user whose exec has a variable without value": one({
      users: `- name: b\n  user: {exec: {apiVersion: ${v1}, command: x, env: [{name: AWS_PROFILE}]}}\n`,
    }),
    "another user with a certificate that is not there": one({
      users: "- name: b\n  user: {client-certificate: gone.pem, client-key: gone.key}\n",
    }),
    "another cluster with a CA that is not there": one({
      clusters: `- name: b\n  cluster: {server: "${server}", certificate-authority: gone.pem}\n`,
    }),
    "another cluster with a bad proxy-url": one({ clusters: '- name: b\n  cluster: {server: "https://x", proxy-url: "nonsense"}\n' }),
    "another user of a removed provider": one({ users: "- name: b\n  user: {auth-provider: {name: gcp, config: {x: z}}}\n" }),
    "an entry without a name": one({
      users: "- user: {token: b}\n",
      clusters: "- cluster: {server: x}\n",
      contexts: "- context: {cluster: a}\n",
    }),
    "fields that nobody knows": one({
      cluster: `{server: "${server}", certificate-authority-data: ${ca}, x-y: [1]}`,
      top: "current-context: a\nextra: {a: 1}\n",
    }),
    "preferences and extensions": one({
      top: "current-context: a\npreferences: {colors: true}\nextensions: [{name: x, extension: {a: 1}}]\n",
    }),
    // The text.
    "kind and apiVersion": one({ top: "apiVersion: v1\nkind: Config\ncurrent-context: a\n" }),
    "another kind": one({ top: "apiVersion: v1\nkind: Secret\ncurrent-context: a\n" }),
    "another apiVersion": one({ top: "apiVersion: v2\nkind: Config\ncurrent-context: a\n" }),
    JSON: {
      files: {
        config: JSON.stringify({
          "current-context": "a",
          clusters: [{ name: "a", cluster: { server, "certificate-authority-data": ca } }],
          users: [{ name: "a", user: { token: "abc" } }],
          contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
        }),
      },
    },
    "a BOM": { files: { config: `\ufeff${plain}` } },
    "UTF-16 with a BOM, little endian": { files: { config: Buffer.from(`\ufeff${plain}`, "utf16le") } },
    "UTF-16 with a BOM, big endian": { files: { config: Buffer.from(`\ufeff${plain}`, "utf16le").swap16() } },
    CRLF: { files: { config: plain.replaceAll("\n", "\r\n") } },
    "a document before which there are dashes": { files: { config: `---\n${plain}` } },
    "two documents, the first counts": { files: { config: `${plain}---\ncurrent-context: b\n` } },
    "an empty document first": { files: { config: `---\n---\n${plain}` } },
    "a comment and dashes first": { files: { config: `# comment\n---\n${plain}` } },
    "a second document that is no YAML": { files: { config: `${plain}---\n{[\n` } },
    "the end of the document": { files: { config: `${plain}...\n` } },
    "a key twice, the last counts": user("token: first, token: abc"),
    "a list twice": { files: { config: `users: []\n${plain}` } },
    "an empty file": { files: { config: "" } },
    tabs: { files: { config: `clusters:\n\t- name: a\n` } },
    "anchors and aliases": one({ cluster: `&c ${good}`, clusters: "- name: b\n  cluster: *c\n", context: "{cluster: b, user: a}" }),
    "merge keys": one({
      clusters: `- name: b\n  cluster: {<<: {server: "${server}"}, certificate-authority-data: ${ca}}\n`,
      context: "{cluster: b, user: a}",
    }),
    "a token that is a number": user("token: 123"),
    "a token that is a number, in another user": one({ users: "- name: b\n  user: {token: 123}\n" }),
    "a token that is quoted digits": user('token: "123"'),
    "a token that is a date": user("token: 2024-01-02"),
    "a token that is a time": user("token: 12:30:45"),
    "a token that is yes": user("token: yes"),
    "a token that is null": user("token: ~"),
    "a name that is a number": one({ top: "current-context: a\n", context: "{cluster: a, user: a, namespace: 7}" }),
    "capitals in keys": user("Token: abc"),
    "users that is a map": { files: { config: plain.replace("users:\n", "users: {}\nusersx:\n") } },
    "users that is null": { files: { config: plain.replace("users:\n", "users:\nusersx:\n") } },
    // Booleans of YAML 1.1.
    ...Object.fromEntries(
      ["yes", "on", "y", "Yes", "TRUE", "True", "no", "off", "n", "false", '"true"', "1", "null", '""'].map((word) => [
        `insecure-skip-tls-verify: ${word}`,
        cluster(`insecure-skip-tls-verify: ${word}`),
      ]),
    ),
    "provideClusterInfo: on": exec(`${plugin(v1)}, interactiveMode: Never, provideClusterInfo: on`),
    // Names that are taken twice.
    "a context twice": one({ contexts: "- name: a\n  context: {cluster: x, user: z}\n" }),
    "a user twice": one({ users: "- name: a\n  user: {token: second}\n" }),
    "another user twice": one({ users: "- name: b\n  user: {token: x}\n- name: b\n  user: {token: z}\n" }),
    // Which context.
    "no current-context": one({ top: "" }),
    "a current-context that is not there": one({ top: "current-context: x\n" }),
    "a context that is named": { ...one({ top: "current-context: x\n" }), context: "a" },
    "a context that is named and not there": { ...one(), context: "x" },
    "a context of a user that is not there": one({ context: "{cluster: a, user: x}" }),
    "a context without a user": one({ context: "{cluster: a}" }),
    'a context whose user is ""': one({ context: '{cluster: a, user: ""}' }),
    "a context of a cluster that is not there": one({ context: "{cluster: x, user: a}" }),
    "a context without a cluster": one({ context: "{user: a}" }),
    // The server.
    "a server with a slash": one({ cluster: `{server: "${server}/", certificate-authority-data: ${ca}}` }),
    "a server with a path": one({ cluster: `{server: "${server}/k8s/clusters/c-1", certificate-authority-data: ${ca}}` }),
    "a server with a path and a slash": one({ cluster: `{server: "${server}/k8s/", certificate-authority-data: ${ca}}` }),
    "a server in capitals": one({ cluster: `{server: "${server.replace("https", "HTTPS")}", certificate-authority-data: ${ca}}` }),
    "a server with a query": one({ cluster: `{server: "${server}/k8s?x=1", certificate-authority-data: ${ca}}` }),
    "a server with spaces around it": one({ cluster: `{server: " ${server} ", certificate-authority-data: ${ca}}` }),
    "a server without a scheme": one({ cluster: `{server: "${server.replace("https://", "")}", certificate-authority-data: ${ca}}` }),
    "an empty server": one({ cluster: `{server: "", certificate-authority-data: ${ca}}` }),
    "a server that is null": one({ cluster: `{server: null, certificate-authority-data: ${ca}}` }),
    // Its certificate.
    "no CA": one({ cluster: `{server: "${server}"}` }),
    "a CA file": cluster("certificate-authority: ca.pem"),
    "a CA file in a folder": {
      files: { config: config({ cluster: `{server: "${server}", certificate-authority: ./x/../ca.pem}` }), "x/config": "" },
    },
    "a CA file that is not there": cluster("certificate-authority: gone.pem"),
    "an empty CA file's name": trusting('certificate-authority: ""'),
    "empty data beside a CA file": cluster('certificate-authority: ca.pem, certificate-authority-data: ""'),
    "data and a CA file": trusting("certificate-authority: ca.pem"),
    "data and a CA file that is not there": trusting("certificate-authority: gone.pem"),
    "data that is no base64": cluster('certificate-authority-data: "?"'),
    "data that is no PEM": cluster(`certificate-authority-data: ${Buffer.from("nothing").toString("base64")}`),
    "data in lines": cluster(`certificate-authority-data: "${ca.slice(0, 64)}\\n${ca.slice(64)}\\n"`),
    "a CA and insecure": trusting("insecure-skip-tls-verify: true"),
    "a CA file and insecure": cluster("certificate-authority: ca.pem, insecure-skip-tls-verify: true"),
    "insecure: false and a CA": trusting("insecure-skip-tls-verify: false"),
    "a tls-server-name": trusting("tls-server-name: kubernetes.default.svc"),
    "a tls-server-name that it is not certified for": trusting("tls-server-name: other.test"),
    "an empty tls-server-name": trusting('tls-server-name: ""'),
    "insecure and a tls-server-name": cluster("insecure-skip-tls-verify: true, tls-server-name: other.test"),
    "an empty proxy-url": trusting('proxy-url: ""'),
    "a proxy-url without a scheme": trusting("proxy-url: proxy.test:3128"),
    "a proxy-url of another scheme": trusting("proxy-url: ftp://proxy.test:3128"),
    // Who one is.
    "no credentials": user(""),
    "a user that is null": one({ user: "null" }),
    "a token file": user("tokenFile: token"),
    "a token and a token file": user("token: abc, tokenFile: token"),
    "a token and a token file that is not there": user("token: abc, tokenFile: gone"),
    "an empty token and a token file": user('token: "", tokenFile: token'),
    "a token and an empty token file's name": user('token: abc, tokenFile: ""'),
    "a token file that is not there": user("tokenFile: gone"),
    "a password": user("username: me, password: pw"),
    "a name without a password": user("username: me"),
    "a password without a name": user("password: pw"),
    "an empty name and a token": user('username: "", password: "", token: abc'),
    "a password and a token": user("username: me, password: pw, token: abc"),
    "a certificate": user(`client-certificate-data: ${certificate}, client-key-data: ${key}`),
    "certificate files": user("client-certificate: client.pem, client-key: client.key"),
    "a certificate and a token": user(`client-certificate-data: ${certificate}, client-key-data: ${key}, token: abc`),
    "a certificate without a key": user(`client-certificate-data: ${certificate}`),
    "a key without a certificate": user(`client-key-data: ${key}, token: abc`),
    "a certificate twice": user(`client-certificate-data: ${certificate}, client-certificate: client.pem, client-key-data: ${key}`),
    "a key twice": user(`client-certificate-data: ${certificate}, client-key: client.key, client-key-data: ${key}`),
    "empty data beside certificate files": user(
      'client-certificate: client.pem, client-key: client.key, client-certificate-data: "", client-key-data: ""',
    ),
    "data and a key file": user(`client-certificate-data: ${certificate}, client-key: client.key`),
    "certificate files that are not there": user("client-certificate: gone.pem, client-key: gone.key"),
    // As somebody else.
    "as a user": user("token: abc, as: admin@corp"),
    "as groups": user("token: abc, as: admin@corp, as-groups: [devs, ops]"),
    "as a UID with extras": user(
      "token: abc, as: admin@corp, as-uid: u1, as-groups: [devs, ops], as-user-extra: {reason: [x, z], Scopes/a: [z]}",
    ),
    "as groups without a user": user("token: abc, as-groups: [devs]"),
    "as an empty user": user('token: abc, as: "", as-groups: []'),
    "as-groups that is no list": user("token: abc, as: a, as-groups: devs"),
    "as-user-extra that is no list": user("token: abc, as: a, as-user-extra: {reason: x}"),
    // Plugins.
    "a plugin of v1": exec(`${plugin(v1)}, interactiveMode: Never`),
    "a plugin of v1, if available": exec(`${plugin(v1)}, interactiveMode: IfAvailable`),
    "a plugin of v1, always": exec(`${plugin(v1)}, interactiveMode: Always`),
    "a plugin of v1 without interactiveMode": exec(plugin(v1)),
    "a plugin of v1beta1": exec(plugin(`${v1}beta1`)),
    "a plugin of v1alpha1": exec(plugin(`${v1}alpha1`)),
    "a plugin of another mode": exec(`${plugin(v1)}, interactiveMode: Sometimes`),
    "a plugin without an apiVersion": exec(`command: sh, interactiveMode: Never`),
    "a plugin that is not there": exec(`${version(v1)}, command: no-such-program, interactiveMode: Never`),
    "a plugin that says another version": exec(
      `apiVersion: ${v1}beta1, env: [{name: V, value: ${v1}}], ${plugin(v1).split("], ").slice(1).join("], ")}`,
    ),
    "a plugin's variable without a value": exec(
      `apiVersion: ${v1}, env: [{name: V, value: ${v1}}, {name: EMPTY}], interactiveMode: Never, command: sh, args: [-c, 'echo "{\\"apiVersion\\":\\"$V\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"<$EMPTY>\\"}}"']`,
    ),
    "a plugin's variable without a name": exec(`apiVersion: ${v1}, env: [{value: x}], interactiveMode: Never, command: "true"`),
    "a plugin's argument that is a number": exec(`apiVersion: ${v1}, args: [1], interactiveMode: Never, command: "true"`),
    "a plugin beside a token": user(`token: abc, exec: {${version(v1)}, command: "false", interactiveMode: Never}`),
    "a plugin beside a password": user(`username: me, password: pw, exec: {${version(v1)}, command: "false", interactiveMode: Never}`),
    "a plugin beside a provider": user(`auth-provider: {name: oidc}, exec: {${version(v1)}, command: "true", interactiveMode: Never}`),
    "a plugin without a token": exec(`${plugin(v1, "")}, interactiveMode: Never`),
    "a plugin with a certificate alone": exec(
      `${plugin(v1, '\\\\\\"clientCertificateData\\\\\\":\\\\\\"x\\\\\\"')}, interactiveMode: Never`,
    ),
    "a plugin that sees where the cluster is": exec(
      `apiVersion: ${v1}, env: [{name: KUBERNETES_EXEC_INFO, value: x}], interactiveMode: Never, provideClusterInfo: true, command: sh, args: [-c, 'echo "{\\"apiVersion\\":\\"${v1}\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$(printf %s "$KUBERNETES_EXEC_INFO" | base64 | tr -d \\\\n)\\"}}"']`,
    ),
    // Proxies.
    HTTPS_PROXY: { ...away(), env: { HTTPS_PROXY: `http://${proxy}` } },
    https_proxy: { ...away(), env: { https_proxy: `http://${proxy}` } },
    "HTTPS_PROXY before https_proxy": { ...away(), env: { HTTPS_PROXY: `http://${proxy}`, https_proxy: "http://127.0.0.1:1" } },
    "HTTPS_PROXY without a scheme": { ...away(), env: { HTTPS_PROXY: proxy } },
    "HTTPS_PROXY with a password": { ...away(), env: { HTTPS_PROXY: `http://user:pw@${proxy}` } },
    "HTTPS_PROXY of socks5": { ...away(), env: { HTTPS_PROXY: `socks5://${socks}` } },
    "HTTPS_PROXY of socks5h": { ...away(), env: { HTTPS_PROXY: `socks5h://${socks}` } },
    "HTTP_PROXY alone": { ...away(), env: { HTTP_PROXY: `http://${proxy}` } },
    ALL_PROXY: { ...away(), env: { ALL_PROXY: `http://${proxy}`, all_proxy: `http://${proxy}` } },
    "NO_PROXY that names the domain": { ...away(), env: { HTTPS_PROXY: `http://${proxy}`, NO_PROXY: "corp.test" } },
    "NO_PROXY that names another port": { ...away(), env: { HTTPS_PROXY: `http://${proxy}`, no_proxy: "corp.test:443" } },
    "loopback and HTTPS_PROXY": { ...one(), env: { HTTPS_PROXY: `http://${proxy}` } },
    "a proxy-url": away(`proxy-url: "http://${proxy}"`),
    "a proxy-url of socks5": away(`proxy-url: "socks5://${socks}"`),
    "a proxy-url before HTTPS_PROXY, and NO_PROXY": {
      ...away(`proxy-url: "http://${proxy}"`),
      env: { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" },
    },
    "a proxy-url to loopback": trusting(`proxy-url: "http://${proxy}"`),
    "a proxy that is not there": { ...away(), env: { HTTPS_PROXY: "http://127.0.0.1:1" } },
    // Several files.
    "two files, the first wins": {
      files: { one: config({ user: "{token: first}" }), two: config({ user: "{token: second}" }) },
      env: { KUBECONFIG: "DIR/one:DIR/two" },
    },
    "an entry is never made of two files": {
      files: { one: config({ user: "{username: me}" }), two: config({ user: "{token: second}" }) },
      env: { KUBECONFIG: "DIR/one:DIR/two" },
    },
    "the first current-context counts": {
      files: { one: "current-context: a\n", two: config({ top: "current-context: x\n" }) },
      env: { KUBECONFIG: "DIR/one:DIR/two" },
    },
    "an empty current-context does not count": {
      files: { one: 'current-context: ""\n', two: config() },
      env: { KUBECONFIG: "DIR/one:DIR/two" },
    },
    "each in a file of its own": {
      files: {
        "x/one": `clusters:\n- name: a\n  cluster: {server: "${server}", certificate-authority: ../ca.pem}\n`,
        two: "users:\n- name: a\n  user: {tokenFile: token}\n",
        three: "current-context: a\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\n",
      },
      env: { KUBECONFIG: "DIR/three:DIR/x/one:DIR/two" },
    },
    "one of two is missing": { files: { two: config() }, env: { KUBECONFIG: "DIR/one:DIR/two" } },
    "one of two is empty": { files: { one: "", two: config() }, env: { KUBECONFIG: "DIR/one:DIR/two" } },
    "one of two is broken": { files: { one: "{[", two: config() }, env: { KUBECONFIG: "DIR/two:DIR/one" } },
    "empty names in the list": { files: { one: config() }, env: { KUBECONFIG: ":DIR/one::" } },
    "an empty KUBECONFIG": { ...one(), env: { KUBECONFIG: "" } },
    "a relative KUBECONFIG": {
      files: { "x/one": config({ cluster: `{server: "${server}", certificate-authority: ../ca.pem}` }) },
      env: { KUBECONFIG: "x/one" },
    },
  };
}
