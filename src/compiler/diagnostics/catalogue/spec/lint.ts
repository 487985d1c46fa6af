import { defineDiagnostics } from "../../define.js";

/** MTL6xxx: warnings about what a sound spec declares and does not use. */
export const lintDiagnostics = defineDiagnostics({
  MTL6001: {
    slug: "unused-feature",
    severity: "warning",
    title: "unused feature",
    message: (p: { name: string }) => `feature \`${p.name}\` is never read`,
    about: "No part of the network, no formula and no rule reads the feature, so encoding it has no effect.",
    fix: "Remove the feature, or read it.",
    unused: true,
  },
  MTL6002: {
    slug: "unused-network-part",
    severity: "warning",
    title: "unused part of the network",
    message: (p: { name: string; kind: string }) => `${p.kind} \`${p.name}\` is never read`,
    about: "Nothing reads this part of the network, so it is not in the model and changes no prediction.",
    fix: "Remove it, or read it.",
    unused: true,
  },
  MTL6003: {
    slug: "unused-label",
    severity: "warning",
    title: "unused label",
    message: (p: { name: string }) => `no task predicts label \`${p.name}\``,
    about: "No task uses the label, so it has no effect. Labels that others are `within` count as used.",
    fix: "Remove the label, or add a task for it.",
    unused: true,
  },
  MTL6004: {
    slug: "unused-input",
    severity: "warning",
    title: "unused parameter, attribute or signal",
    message: (p: { name: string; kind: string }) => `\`${p.name}\` is ${p.kind} that no formula, rule or ranking reads`,
    about: "No formula, rule or ranking reads this parameter, attribute or signal, so it has no effect.",
    fix: "Remove it, or read it.",
    unused: true,
  },
  MTL6005: {
    slug: "gate-over-one-expert",
    severity: "warning",
    title: "gate over one expert",
    message: (p: { gate: string }) => `gate \`${p.gate}\` has only one expert`,
    about: "A gate over one expert always has the weight 1, so it computes nothing.",
    fix: "Add experts, or read the expert without a gate.",
  },
  MTL6006: {
    slug: "untrained-task",
    severity: "warning",
    title: "task without a loss",
    message: (p: { name: string }) => `task \`${p.name}\` is never trained: no loss reaches it`,
    about: "No loss reaches the task, directly or through a chain, so its parameters keep their initial values.",
    fix: "Add a loss for the task or for a chain that reads it.",
  },
  MTL6007: {
    slug: "unused-rules",
    severity: "warning",
    title: "unused rules",
    message: (p: { name: string }) => `no ranking applies the rules \`${p.name}\``,
    about: "A set of rules applies where a ranking names it after `with`, and no ranking does.",
    fix: "Name the rules in a ranking, or remove them.",
  },
  MTL6008: {
    slug: "unused-macro",
    severity: "warning",
    title: "unused macro",
    message: (p: { name: string }) => `macro \`${p.name}\` is never called`,
    about: "Nothing calls the macro, so it has no effect on the model.",
    fix: "Remove the macro, or call it.",
  },
  MTL6009: {
    slug: "unused-suppression",
    severity: "warning",
    title: "unused suppression",
    message: (p: { code: string; line: number | undefined }) =>
      p.line === undefined
        ? `no line follows that \`mtlc-ignore ${p.code}\` could apply to`
        : `line ${p.line} has no \`${p.code}\` to ignore`,
    about:
      "The comment suppresses a warning that is no longer reported. Left there, it would hide the next one of its kind.",
    fix: "Remove the comment: `mtlc check --fix` does.",
  },
  MTL6010: {
    slug: "malformed-suppression",
    severity: "warning",
    title: "malformed suppression",
    message: (p: { problem: "codes" | "reason" }) =>
      p.problem === "codes"
        ? "`mtlc-ignore` needs the slugs or codes to ignore, and a reason"
        : "`mtlc-ignore` needs a reason",
    about:
      "A warning is suppressed by its slug or code and with a reason, so that the next reader can decide whether it still applies.",
    fix: "Write `// mtlc-ignore unused-feature: the reason`.",
  },
  MTL6011: {
    slug: "ineffective-suppression",
    severity: "warning",
    title: "ineffective suppression",
    message: (p: { code: string; known: boolean }) =>
      p.known
        ? `\`${p.code}\` is an error, and errors cannot be ignored`
        : `\`${p.code}\` is neither a code nor a slug, so nothing is ignored`,
    about:
      "Only warnings and notes can be suppressed. An error stops the stages that follow it, so suppressing it would have no effect.",
    fix: "Correct the name, or fix the error.",
  },
  MTL6012: {
    slug: "constant-condition",
    severity: "warning",
    title: "constant condition",
    message: (p: { truth: boolean }) =>
      p.truth ? "this condition is true for every candidate" : "this condition is false for every candidate",
    about:
      "The declared ranges decide the comparison before any candidate arrives: `quality < 2` of a quality in [0, 1] is always true, and `quality < 0.2 and quality > 0.8` never is. The rule applies to everything, or to nothing.",
    fix: "Change the condition or the declared range.",
  },
  MTL6013: {
    slug: "unreachable-position",
    severity: "warning",
    title: "unreachable list position",
    message: (p: { place: number; rank: string; size: number }) =>
      `\`${p.rank}\` has ${p.size} positions, and this rule names position ${p.place}`,
    about: "The rule is about positions beyond the end of the ranking's list.",
    fix: "Use a position of the list, or make the list longer.",
  },
  MTL6014: {
    slug: "duplicate-task",
    severity: "warning",
    title: "duplicate task",
    message: (p: { first: string; second: string; type: string }) =>
      `\`${p.second}\` predicts ${p.type} from the same inputs as \`${p.first}\``,
    about:
      "Both tasks predict the same event from the same parts of the network, so they differ only by their random initialization. Two predictions of one event are useful where they read different parts, as in an ensemble.",
    fix: "Remove one of the two, or let it read other parts.",
  },
  MTL6015: {
    slug: "unused-parameter",
    severity: "warning",
    title: "unused macro parameter",
    message: (p: { macro: string; parameter: string }) =>
      `\`${p.macro}\` does not use its parameter \`${p.parameter}\``,
    about: "The parameter does not appear in the body of the macro, so its argument has no effect.",
    fix: "Remove the parameter, or use it.",
  },
  MTL6016: {
    slug: "unused-import",
    severity: "warning",
    title: "unused import",
    message: (p: { name: string; kind: string }) => `${p.kind} \`${p.name}\` is imported and never read`,
    about: "The name is imported, and nothing in the spec reads it.",
    fix: "Remove the import, or read the name.",
  },
  MTL6045: {
    slug: "invisible-character",
    severity: "warning",
    title: "invisible character",
    message: (p: { names: string; where: "text" | "comment" }) =>
      `this ${p.where} holds ${p.names}, which is invisible or changes the writing direction`,
    about:
      'A zero-width space makes two texts that look the same different, and a character that changes the writing direction shows a line in another order than the one that is read. Formatting writes them as visible escapes, `"\\u{200B}"`. Joiners between letters or emoji are not reported.',
    fix: "Remove the character, or write it as an escape.",
  },
  MTL6035: {
    slug: "duplicate-import",
    severity: "warning",
    title: "duplicate import",
    message: (p: { name: string | undefined; file: string }) =>
      p.name === undefined
        ? `\`${p.file}\` is imported twice in this file`
        : `\`${p.name}\` is imported from \`${p.file}\` twice in this file`,
    about:
      "The file imports the same thing twice, which has no effect. Two files that both import a third are valid: what they share exists once.",
    fix: "Remove the second import.",
  },
  MTL6017: {
    slug: "unused-formula",
    severity: "warning",
    title: "unused formula",
    message: (p: { name: string }) => `no ranking, formula, rule or test reads \`${p.name}\``,
    about: "The spec has rankings, and no ranking, formula, rule or test reads this formula.",
    fix: "Remove the formula, or read it.",
  },
  MTL6020: {
    slug: "rounded-integer",
    severity: "warning",
    title: "integer loses digits",
    message: (p: { text: string; value: string }) =>
      `\`${p.text}\` has more digits than a number of 64 bits holds, and is read as ${p.value}`,
    about:
      "Numbers of a spec are 64-bit floating point, which is exact for integers up to 2^53. A longer identifier written as a number equals its neighbours; as a text it is compared digit by digit, whatever type the column has.",
    fix: "Write the identifier as a text in quotes.",
  },
  MTL6023: {
    slug: "sum-as-category",
    severity: "warning",
    title: "sum used as a category",
    message: (p: { name: string }) =>
      `\`${p.name}\` is a category of a sum of columns: different values of them give the same category`,
    about:
      "Arithmetic of columns gives a number, and a category of it is the same for every combination with that sum: 2 and 10, 10 and 2, 5 and 7.",
    fix: "Write `cross(a, b)`, which is a category per pair of values.",
  },
  MTL6030: {
    slug: "second-diversity-rule",
    severity: "warning",
    title: "second diversity rule",
    message: (p: { rule: string; first: string; rank: string }) =>
      `\`${p.rule}\` does nothing in \`${p.rank}\`: \`${p.first}\` selects for diversity there`,
    about: "One rule, `mmr` or `dpp`, selects a list for diversity: the first one in the sets of rules of the ranking.",
    fix: "Remove the other rules, or put them into a ranking of their own.",
  },
  MTL6027: {
    slug: "unlisted-serving-value",
    severity: "warning",
    title: "serving value missing from the listed values",
    message: (p: { feature: string; value: string; ids?: number }) =>
      `\`serving: "${p.value}"\` is not one of the ${p.ids === undefined ? "`values`" : `ids from 0 to ${p.ids - 1}`} of feature \`${p.feature}\`, so every served row has an unknown value`,
    about:
      "The feature lists its values, or says that they are ids, and the value at serving is not one of them. Every served row then has the embedding of an unknown value, which training may never have updated.",
    fix: "Add the value to `values`, or serve one of them.",
  },
  MTL6046: {
    slug: "test-without-expect",
    severity: "warning",
    title: "test without expectations",
    message: (p: { title: string }) => `test "${p.title}" expects nothing, so it always passes`,
    about:
      "The test has no `expect`. Running it ranks nothing and compares nothing, and it passes whatever the spec says.",
    fix: "Add an `expect`, or remove the test.",
  },
});
