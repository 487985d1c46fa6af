import type { Name } from "../../syntax/index.js";
import { omitUndefined, type Span } from "../../text/index.js";

/** Name, doc comment and location of a declaration, as the model has them. */
export function declared(node: { readonly name: Name; readonly doc?: string; readonly span: Span }): {
  readonly name: string;
  readonly doc?: string;
  readonly span: Span;
} {
  return { name: node.name.text, ...omitUndefined({ doc: node.doc }), span: node.span };
}
