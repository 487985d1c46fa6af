import { type ILookaheadStrategy, LLkLookaheadStrategy } from "chevrotain";

type BuildAlternation = ILookaheadStrategy["buildLookaheadForAlternation"];
type BuildOptional = ILookaheadStrategy["buildLookaheadForOptional"];

/**
 * Chevrotain's LL(k) lookahead, each choice of the grammar worked out when a text first comes to it: most specs use few of the
 * rules, and working out all of them takes as long as parsing several specs.
 */
export class LazyLookahead extends LLkLookaheadStrategy {
  override buildLookaheadForAlternation(choice: Parameters<BuildAlternation>[0]): ReturnType<BuildAlternation> {
    return lazily(() => super.buildLookaheadForAlternation(choice));
  }

  override buildLookaheadForOptional(choice: Parameters<BuildOptional>[0]): ReturnType<BuildOptional> {
    return lazily<[], boolean>(() => super.buildLookaheadForOptional(choice));
  }
}

/** A function that is built when it is first called; both are called on the parser. */
function lazily<A extends unknown[], T>(build: () => (...args: A) => T): (...args: A) => T {
  let built: ((...args: A) => T) | undefined;
  return function (this: unknown, ...args) {
    built ??= build();
    return built.apply(this, args);
  };
}
