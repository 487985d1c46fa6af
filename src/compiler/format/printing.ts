import type { Doc } from "prettier";
import type { AnyNode, Kind, NodeOf } from "../syntax/index.js";
import type { Columns } from "./columns.js";
import type { AttachedComment } from "./comments.js";

/** What a printer of one kind of node gets. */
export interface Printing<N extends AnyNode = AnyNode> {
  readonly node: N;
  readonly parent: AnyNode | null;
  /** The text that is formatted, for what the tree does not hold: empty lines, and where a block was broken. */
  readonly text: string;
  /** The columns that the line shares with its neighbours; none outside of a list of lines. */
  readonly columns: Columns;
  /** Prints the part under a key, with its comments. */
  one(key: keyof N & string): Doc;
  /** Prints each part of a list, with its comments. */
  all(key: keyof N & string, columns?: readonly Columns[]): Doc[];
  /** Prints a comment that is attached to no part. */
  comment(comment: AttachedComment): Doc;
}

/** One printer a kind, so that a forgotten one does not compile. */
export type Printers = { readonly [K in Kind]: (printing: Printing<NodeOf<K>>) => Doc };
