/** What a null of a feature with ids is read as, and what is not among its ids. */
import type { Arguments, MissingId, Vocabulary } from "../../model/index.js";
import type { Span } from "../../text/index.js";
import type { CheckContext } from "../context.js";

/** `missing: "0"`, `missing: zeros`. */
export function missingId({ missing }: Arguments): MissingId | undefined {
  if (missing === false) return { kind: "zeros" };
  return typeof missing === "string" || typeof missing === "number" ? { kind: "value", value: missing } : undefined;
}

/** `missing: 0, outside: missing`; null where nothing can be outside or nothing says what it is, which is then reported. */
export function missingOrOutside(
  { reporter }: CheckContext,
  args: Arguments,
  vocabulary: Vocabulary,
  at: (option: string) => Span,
): MissingId | undefined | null {
  const missing = missingId(args);
  if (args["outside"] !== "missing") return missing;
  const hasIds = vocabulary.kind === "ids";
  if (hasIds && missing !== undefined) return { ...missing, outside: true };
  reporter.report("MTL3152", { needs: hasIds ? "missing" : "ids" }, at("outside"), {
    help: hasIds
      ? "say what a null is read as: `missing: 0` or `missing: zeros`"
      : "leave `outside` out: without `ids: n` there are no ids that a value could be outside of",
  });
  return null;
}
