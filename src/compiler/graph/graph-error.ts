import type { Span } from "../text/index.js";

/** A graph that breaks its own rules: a fault of the compiler, as the checker admits no spec that leads here. */
export class GraphError extends Error {
  override readonly name = "GraphError";

  constructor(
    message: string,
    /** The part of the spec that was being lowered. */
    readonly span?: Span,
  ) {
    super(message);
  }
}
