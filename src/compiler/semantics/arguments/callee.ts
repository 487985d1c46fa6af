import type { Span } from "../../text/index.js";

/** What takes the arguments, for messages: `mlp`. */
export interface Callee {
  readonly name: string;
  readonly span: Span;
}
