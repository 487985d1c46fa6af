/**
 * Words that the project does not use, and the field's word for each. `npm run lint:words` looks for them in code, comments,
 * messages, pages and specs; a row is a pattern (matched without regard to case) and what to write.
 */
const countables =
  "row|head|task|feature|step|column|candidate|batch|code|line|group|user|value|key|epoch|member|rule|request|second|file|command|function|expert|example|stage|node|table|metric|item";
const counted =
  "one|two|number|numbers|mask|masks|loss|losses|weight|weights|values|steps|bytes|entries|names|signature|vector|vectors";

export const words = [
  { old: "\\bmend(s|ed|ing)?\\b|\\bmendBy\\b", use: "fix" },
  { old: "\\b(gave|gives?|giving) ?way\\b|gaveWay|gave_way", use: "relaxed" },
  { old: "(?<!\\bthere )\\bis no (?!longer|more|less|such|matter)(?=[`a-z])", use: "is not a …" },
  { old: "\\balone\\b", use: "only, by itself" },
  { old: "(?<!-)\\bstands?\\b(?! for| out)|\\bstood\\b", use: "is, goes, appears, is expected" },
  { old: `\\b(${counted}) an? (${countables})\\b(?! (is|has|are|was|that|of)\\b)`, use: "per row, per head" },
  { old: "\\b(brings?|brought)\\b", use: "provides, sends" },
  { old: "\\black(s|ing|ed)?\\b", use: "is missing, has no" },
  { old: "(?<!Uncertainty to )\\bweigh(s|ed|ing)?\\b", use: "weight, mix" },
  { old: "\\banew\\b", use: "again, reinitialized, refitted" },
  { old: "\\bto the (byte|bit|last bit)\\b", use: "byte for byte, bit for bit" },
  { old: "\\bin a circle\\b", use: "circular dependency, cycle" },
  { old: "\\btruth values?\\b", use: "boolean" },
  { old: "\\bof (ours|yours)\\b", use: "in mtlc, in your spec or data" },
  { old: "\\b(spoken|warned) of\\b", use: "reported, triggers a warning" },
  { old: "\\bmade[- ]up\\b", use: "synthetic" },
  { old: "\\bnothing but\\b", use: "only" },
  { old: "\\bthat (is|are) none\\b", use: "invalid …" },
  { old: "\\b(at|on) places? \\d", use: "position" },
  { old: "\\bshould stand\\b|\\bstands? twice\\b", use: "expected … here, is repeated" },
].map(({ old, use }) => ({ pattern: new RegExp(old, "giu"), use }));

/** The old words of a text: where (line and column from 1), what, and what to write. */
export function oldWords(text) {
  return text
    .split("\n")
    .flatMap((line, i) =>
      words.flatMap(({ pattern, use }) =>
        [...line.matchAll(pattern)].map((match) => ({ line: i + 1, column: match.index + 1, found: match[0], use })),
      ),
    );
}
