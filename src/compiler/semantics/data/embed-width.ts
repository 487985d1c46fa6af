/** The width of a feature's embedding: as given, or by the size of its vocabulary. */
import type { Arguments, FeatureType, Vocabulary } from "../../model/index.js";
import type { Span } from "../../text/index.js";
import type { CheckContext } from "../context.js";

type Boundaries = Extract<FeatureType, { kind: "bucket" }>["boundaries"];

const widest = 64;

/** The width that `embed: auto` is for so many values: six times the fourth root of their number, at most 64. */
export function automaticWidth(values: number): number {
  return Math.min(widest, Math.round(6 * values ** 0.25));
}

/** `embed: 16`, or `auto` where the spec says how many values there are; undefined where it does not, which is reported. */
export function embedWidth(
  context: CheckContext,
  args: Arguments,
  of: Vocabulary | Boundaries,
  at: (option: string) => Span,
): number | undefined {
  const { embed } = args;
  // One that is like another feature gets its width.
  if (embed !== "auto" || of.kind === "like") return Number(embed === "auto" ? 1 : embed);
  const values = sizeOf(of);
  if (values !== undefined) return automaticWidth(values);
  context.reporter.report("MTL3153", undefined, at("embed"));
  return undefined;
}

/** How many values have an embedding of their own, at most; undefined where only the data says. */
function sizeOf(of: Exclude<Vocabulary, { kind: "like" }> | Boundaries): number | undefined {
  switch (of.kind) {
    case "hash":
      return of.buckets;
    case "ids":
      return of.count;
    case "fitted":
      return of.limit;
    case "quantiles":
    case "bins":
      return of.count;
    case "listed":
      // Boundaries cut the numbers into one more range.
      return of.values.length + (typeof of.values[0] === "number" ? 1 : 0);
  }
}
