import type { Arguments, FeatureModel, NetNode, NodeRef } from "../../model/index.js";
import type { CallExpression } from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import type { CheckContext } from "../context.js";
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

/** What every check of the network works on. */
export interface NetworkContext {
  readonly context: CheckContext;
  readonly network: Network;
}

/** Where new nodes belong: what they are called, and how many copies there are of each. */
export interface Owner {
  /** `t_ctr`, `b.income`. */
  readonly id: string;
  /** Set on the outermost node. */
  readonly declared?: NonNullable<NetNode["declared"]>;
  readonly replicas?: number;
  /**
   * Set where the expression is that of one member: a family that it names stands for its member of this name. Without a
   * name it may be any member's, as in a macro that nothing calls.
   */
  readonly member?: { readonly name?: string; readonly family?: FamilyInProgress };
  readonly span: Span;
  /** Counts the inner nodes: `t_ctr/1`. */
  inner: number;
}

/** A family whose members' networks are being built from one expression. */
export interface FamilyInProgress {
  /** `b`. */
  readonly id: string;
  readonly declared: NonNullable<NetNode["declared"]>;
  /** By member, in the order of the text. */
  readonly owners: ReadonlyMap<string, Owner>;
  /** The node of each family layer that the expression calls, once it is made; undefined where it has a mistake. */
  readonly layers: Map<CallExpression, NodeRef | undefined>;
  /** Counts the inner nodes that are of all members: `b/1`. */
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
  owner: Pick<Owner, "id" | "declared" | "inner">,
  outermost: boolean,
  node: {
    readonly layer: string;
    readonly inputs: readonly NodeRef[];
    readonly arguments: Arguments;
    readonly shape: readonly number[];
    readonly sequence?: string;
    readonly replicas?: number;
    readonly members?: readonly string[];
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
