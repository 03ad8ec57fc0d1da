import { join } from "node:path";
import { componentFolder } from "../build/index.ts";
import type { Component } from "../build/index.ts";
import { busyboxEntries, folder, program, text } from "./base.ts";
import { BUSYBOX_IMAGES, EXTERNAL_SECRETS_IMAGE, KES_IMAGE, PAUSE_IMAGE, VAULT_IMAGES } from "./names.ts";
import type { Image } from "./oci.ts";

/** An image that every cluster of the lab holds. */
export interface Recipe {
  readonly name: string;
  readonly images: readonly string[];
  /** The component that must be built first, if any. */
  readonly component?: Component;
  /** Bootstrap does without it, unless told otherwise. */
  readonly later?: true;
  readonly make: () => Image;
}

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** All images, in the order in which a cluster needs them. */
export const catalog: readonly Recipe[] = [
  { name: "pause", images: [PAUSE_IMAGE], component: "pause", make: pause },
  { name: "busybox", images: BUSYBOX_IMAGES, make: busybox },
  { name: "vault", images: VAULT_IMAGES, component: "vault", make: vault },
  {
    name: "external-secrets",
    images: [EXTERNAL_SECRETS_IMAGE],
    component: "external-secrets",
    make: externalSecrets,
  },
  { name: "kes-controller", images: [KES_IMAGE], component: "kes-controller", later: true, make: kesController },
];

function pause(): Image {
  const entries = [program("pause", built("pause", "pause"))];
  return { names: [PAUSE_IMAGE], entries, config: { Entrypoint: ["/pause"], User: "65535:65535" } };
}

function busybox(): Image {
  return { names: BUSYBOX_IMAGES, entries: busyboxEntries(), config: { Env: [PATH], Cmd: ["sh"] } };
}

/** Charts start Vault by a shell script that ends in /usr/local/bin/docker-entrypoint.sh, as user 100. */
function vault(): Image {
  const owner = { user: 100, group: 1000 };
  const entries = [
    ...busyboxEntries(["vault:x:100:1000:vault:/home/vault:/bin/sh"]),
    text("etc/group", "root:x:0:\nvault:x:1000:\n"),
    program("bin/vault", built("vault", "vault")),
    ...["usr", "usr/local", "usr/local/bin"].map((path) => folder(path)),
    text("usr/local/bin/docker-entrypoint.sh", '#!/bin/sh\nexec "$@"\n', 0o755),
    folder("home"),
    ...["home/vault", "vault", "vault/config", "vault/data", "vault/file", "vault/logs"].map((path) => folder(path, 0o755, owner)),
  ];
  const config = {
    Env: [PATH],
    User: "100:1000",
    Entrypoint: ["docker-entrypoint.sh"],
    Cmd: ["vault", "server"],
  };
  return { names: VAULT_IMAGES, entries, config };
}

function externalSecrets(): Image {
  const entries = [folder("bin"), program("bin/external-secrets", built("external-secrets", "external-secrets")), folder("tmp", 0o1777)];
  return {
    names: [EXTERNAL_SECRETS_IMAGE],
    entries,
    config: { Entrypoint: ["/bin/external-secrets"], User: "65532:65532" },
  };
}

function kesController(): Image {
  const entries = [program("kes-controller", built("kes-controller", "kes-controller"))];
  return {
    names: [KES_IMAGE],
    entries,
    config: { Entrypoint: ["/kes-controller"], User: "1000:1000" },
  };
}

function built(component: Component, file: string): string {
  return join(componentFolder(component), file);
}
