export type ClusterName = "eks-prod" | "eks-staging";

/** What tells the clusters of a lab apart. All addresses live in network namespaces of their own. */
export interface ClusterSpec {
  readonly name: ClusterName;
  readonly nodeAddress: string;
  /** The node's and the load balancers' addresses; the other cluster has a route to it. */
  readonly nodeNetwork: string;
  readonly podNetwork: string;
  readonly serviceNetwork: string;
  readonly firstService: string;
  /** Load balancers get .101 and up. */
  readonly balancerPrefix: string;
  /** This cluster's end of the link between the two. */
  readonly link: string;
}

export const prod: ClusterSpec = {
  name: "eks-prod",
  nodeAddress: "10.20.0.1",
  nodeNetwork: "10.20.0.0/24",
  podNetwork: "10.22.0.0/16",
  serviceNetwork: "10.96.0.0/16",
  firstService: "10.96.0.1",
  balancerPrefix: "10.20.0.",
  link: "to-staging",
};

const staging: ClusterSpec = {
  name: "eks-staging",
  nodeAddress: "10.20.1.1",
  nodeNetwork: "10.20.1.0/24",
  podNetwork: "10.23.0.0/16",
  serviceNetwork: "10.97.0.0/16",
  firstService: "10.97.0.1",
  balancerPrefix: "10.20.1.",
  link: "to-prod",
};

export const clusters: readonly ClusterSpec[] = [prod, staging];
