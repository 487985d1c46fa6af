/** What `sequence(…)` says: ids or numbers, with positions of its own or those of another sequence. */
import type { Arguments, FeatureType, NumericScale, SequenceCut, Vocabulary } from "../../model/index.js";
import { omitUndefined, type Span } from "../../text/index.js";
import type { CheckContext } from "../context.js";
import { embedWidth } from "./embed-width.js";

interface Given {
  readonly args: Arguments;
  /** Of the word `sequence`. */
  readonly span: Span;
  readonly at: (option: string) => Span;
  readonly isGiven: (option: string) => boolean;
}

const ofIds = ["hash", "ids", "values", "like", "vocab", "min_count", "embed"] as const;
const ofPositions = ["max", "keep", "serving", "dropout"] as const;

/** The type, of a sequence along another one before it has the positions of that one; undefined when it is reported. */
export function readSequence(
  context: CheckContext,
  given: Given,
  readVocabulary: () => Vocabulary | undefined,
): FeatureType | undefined {
  const { args, span } = given;
  const along = typeof args["along"] === "string" ? args["along"] : undefined;
  if (along !== undefined && excludes(context, given, "along", ofPositions, `those of \`${along}\` hold for both`))
    return undefined;
  const positions = {
    separator: String(args["separator"]),
    max: Number(args["max"]),
    // The parameter's choices are this very list.
    keep: args["keep"] as SequenceCut,
  };
  const word = ["scale", "missing"].find((option) => args[option] !== null);
  if (word === undefined) {
    const vocabulary = readVocabulary();
    const embed = vocabulary === undefined ? undefined : embedWidth(context, args, vocabulary, given.at);
    return vocabulary === undefined || embed === undefined
      ? undefined
      : { kind: "sequence", vocabulary, embed, ...positions, ...omitUndefined({ along }) };
  }
  if (excludes(context, given, word, ofIds, "numbers are read as they are, without ids and embeddings"))
    return undefined;
  if (along === undefined) {
    context.reporter.report("MTL3100", undefined, given.isGiven(word) ? given.at(word) : span);
    return undefined;
  }
  const { missing } = args;
  return {
    kind: "numbers",
    scale: args["scale"] === null ? "standard" : (args["scale"] as NumericScale),
    missing: typeof missing === "number" ? missing : "mean",
    ...positions,
    along,
  };
}

/** Reports an option that cannot be beside another one. */
function excludes(
  context: CheckContext,
  { at, isGiven }: Given,
  option: string,
  others: readonly string[],
  help: string,
): boolean {
  const other = others.find(isGiven);
  if (other === undefined) return false;
  context.reporter.report("MTL3018", { first: option, second: other, owner: "" }, at(other), {
    labels: [{ span: at(option), message: "this already says it" }],
    help,
  });
  return true;
}
