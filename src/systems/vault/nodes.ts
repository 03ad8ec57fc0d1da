import type { Plain } from "../../core/compare.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import type { InitAnswer, NodesWriter, SealStatus, VaultNode } from "../world.ts";
import { factsOf, leaderOf, readNode, writeNode } from "./node-request.ts";
import type { VaultServer, VaultSite } from "./server.ts";

/** Vault server by server: requests that no server passes on. None of them needs a token. @param how which servers there are */
export function vaultNodes(site: VaultSite, how = { anew: false }): NodesWriter {
  const known = new Map<string, VaultServer>();
  const look = async () => {
    const servers = await site.servers(how);
    for (const server of servers) known.set(server.name, server);
    return servers;
  };
  const find = async ({ name }: VaultNode) => known.get(name) ?? (await look()).find((server) => server.name === name) ?? gone(name, site);
  const write = async <T>(node: VaultNode, path: string, body: Plain) => writeNode<T>(await find(node), path, body);
  return {
    nodes: async () => (await look()).map(({ name, peerAddress, phase }) => ({ name, peerAddress, phase })),
    sealStatus: async (node) => readNode<SealStatus>(await find(node), "sys/seal-status"),
    leader: async (node) => leaderOf(await find(node)),
    facts: async (node) => factsOf(await find(node)),
    certificate: async (node) => (await find(node)).certificate(),
    init: (node, request) => write<InitAnswer>(node, "sys/init", { ...request }),
    unseal: (node, key) => write<SealStatus>(node, "sys/unseal", { key }),
    resetUnseal: (node) => write<SealStatus>(node, "sys/unseal", { reset: true }),
    join: async (node, leaderAddress, leaderCa) => {
      const ca = leaderCa === undefined ? {} : { leader_ca_cert: leaderCa };
      const { joined } = await write<{ joined?: boolean }>(node, "sys/storage/raft/join", {
        leader_api_addr: leaderAddress,
        retry: false,
        ...ca,
      });
      if (joined !== true)
        throw failure(kinds.vaultFailed, {
          what: `${node.name} did not join ${leaderAddress}`,
          fix: "Look at its log, then run the same command again.",
        });
    },
  };
}

function gone(name: string, site: VaultSite): never {
  throw notYet(kinds.vaultNotInstalled, { what: `There is no Vault server ${name} in ${site.title}`, fix: `Look: ${site.look}` });
}

/** Where only one address is known, behind which may be several servers, nothing can be done server by server. */
export function noNodes(address: string): NodesWriter {
  const refuse = () =>
    Promise.reject(
      failure(kinds.oneNodeEach, {
        what: `init and unseal need the address of each Vault node, not only ${address}`,
        why: "A Service, load balancer or Ingress sends each request to any node: two nodes could each be initialised, and become two Vaults.",
        fix: "Give every node its own: --vault-node URL, once for each; or --vault-context where Vault runs in pods.",
      }),
    );
  return {
    nodes: refuse,
    sealStatus: refuse,
    leader: refuse,
    facts: refuse,
    certificate: refuse,
    init: refuse,
    unseal: refuse,
    resetUnseal: refuse,
    join: refuse,
  };
}
