import { execa } from "execa";
import type { ClusterRecord } from "../state/record.ts";
import { onNetwork } from "./enter.ts";
import { clusters } from "./spec.ts";
import type { ClusterSpec } from "./spec.ts";

interface End {
  readonly record: ClusterRecord;
  readonly spec: ClusterSpec;
}

/** Joins the networks of two clusters by a link, so that each reaches the other's node and load balancers. */
export async function joinClusters(one: ClusterRecord, two: ClusterRecord): Promise<void> {
  const ends = [endOf(one), endOf(two)] as const;
  if (await hasLink(ends[0])) return;
  const peer = ["peer", "name", ends[1].spec.link, "netns", String(two.init.pid)];
  await ip(one, "link", "add", ends[0].spec.link, "type", "veth", ...peer);
  await connect(ends[1], ends[0].spec);
  await connect(ends[0], ends[1].spec);
}

async function connect({ record, spec }: End, other: ClusterSpec): Promise<void> {
  await ip(record, "link", "set", spec.link, "up");
  await ip(record, "route", "replace", other.nodeNetwork, "dev", spec.link, "src", spec.nodeAddress);
}

/** The route of the first end is made last: where it is, all is. */
async function hasLink({ record, spec }: End): Promise<boolean> {
  const { stdout } = await execa("nsenter", [...onNetwork(record), "ip", "route", "show", "dev", spec.link], { reject: false });
  if (stdout !== "") return true;
  await execa("nsenter", [...onNetwork(record), "ip", "link", "del", spec.link], { reject: false });
  return false;
}

async function ip(record: ClusterRecord, ...args: string[]): Promise<void> {
  await execa("nsenter", [...onNetwork(record), "ip", ...args]);
}

function endOf(record: ClusterRecord): End {
  const spec = clusters.find(({ name }) => name === record.cluster);
  if (spec === undefined) throw new Error(`no cluster ${record.cluster}`);
  return { record, spec };
}
