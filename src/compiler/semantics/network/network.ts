import type { Arguments, FeatureModel, NetNode, NodeRef } from "../../model/index.js";
import type { Span } from "../../text/index.js";
import type { SymbolOf } from "../names/symbols.js";
import type { NetworkKind } from "../names/symbols.js";

/** What a name of the network stands for, once it is built. */
export type NetworkValue =
  /** Reported already. */
  | { readonly kind: "error" }
  | { readonly kind: "tensor"; readonly node: NodeRef }
  | { readonly kind: "pool"; readonly node: NodeRef; readonly count: number }
  /** `bottoms b[income, marital]`: a tensor per member. */
  | { readonly kind: "members"; readonly nodes: ReadonlyMap<string, NodeRef> };

/** The network as it grows: each node after the ones it reads. */
export interface Network {
  readonly nodes: NetNode[];
  readonly features: ReadonlyMap<string, FeatureModel>;
  readonly values: Map<SymbolOf<NetworkKind>, NetworkValue>;
  /** A feature is one node, however often it is read. */
  readonly featureNodes: Map<string, NodeRef>;
}

/** Where new nodes belong: what they are called, and how many copies there are of each. */
export interface Owner {
  /** `t_ctr`, `b.income`. */
  readonly id: string;
  /** Set on the outermost node. */
  readonly declared?: NonNullable<NetNode["declared"]>;
  readonly replicas?: number;
  readonly span: Span;
  /** Counts the inner nodes: `t_ctr/1`. */
  inner: number;
}

export function createNetwork(features: readonly FeatureModel[]): Network {
  return {
    nodes: [],
    features: new Map(features.map((feature) => [feature.name, feature])),
    values: new Map(),
    featureNodes: new Map(),
  };
}

/** Appends a node: the outermost one of its owner, or an inner one. */
export function addNode(
  network: Network,
  owner: Owner,
  outermost: boolean,
  node: {
    readonly layer: string;
    readonly inputs: readonly NodeRef[];
    readonly arguments: Arguments;
    readonly shape: readonly number[];
    readonly replicas?: number;
    readonly span: Span;
  },
): NodeRef {
  if (!outermost) owner.inner += 1;
  network.nodes.push({
    id: outermost ? owner.id : `${owner.id}/${owner.inner}`,
    ...(outermost && owner.declared !== undefined ? { declared: owner.declared } : {}),
    ...node,
  });
  return network.nodes.length - 1;
}
