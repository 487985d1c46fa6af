import { defineDiagnostics } from "../../define.js";

/** MTL6xxx: warnings about what a sound spec declares and does not use. */
export const lintDiagnostics = defineDiagnostics({
  MTL6001: {
    slug: "unused-feature",
    severity: "warning",
    title: "unused feature",
    message: (p: { name: string }) => `feature \`${p.name}\` is never read`,
    about: "A feature that no part of the network, no formula and no rule reads is encoded for nothing.",
    unused: true,
  },
  MTL6002: {
    slug: "unused-network-part",
    severity: "warning",
    title: "unused part of the network",
    message: (p: { name: string; kind: string }) => `${p.kind} \`${p.name}\` is never read`,
    about: "A part of the network that nothing reads is left out of the model: it changes no prediction.",
    unused: true,
  },
  MTL6003: {
    slug: "unused-label",
    severity: "warning",
    title: "unused label",
    message: (p: { name: string }) => `no task predicts label \`${p.name}\``,
    about: "A label that no task speaks of changes nothing. Labels that others are `within` count as used.",
    unused: true,
  },
  MTL6004: {
    slug: "unused-input",
    severity: "warning",
    title: "unused parameter, attribute or signal",
    message: (p: { name: string; kind: string }) => `\`${p.name}\` is ${p.kind} that no formula, rule or ranking reads`,
    about: "A parameter, an attribute or a signal that no formula, rule or ranking reads changes nothing.",
    unused: true,
  },
  MTL6005: {
    slug: "gate-over-one-expert",
    severity: "warning",
    title: "gate over one expert",
    message: (p: { gate: string }) => `gate \`${p.gate}\` has one expert to choose from`,
    about: "A softmax over one expert is always 1, so the gate is a network for nothing.",
  },
  MTL6006: {
    slug: "untrained-task",
    severity: "warning",
    title: "task without a loss",
    message: (p: { name: string }) => `task \`${p.name}\` is never trained: no loss reaches it`,
    about: "No loss reaches the task, directly or through a chain, so its parameters stay as they were initialized.",
  },
  MTL6007: {
    slug: "unused-rules",
    severity: "warning",
    title: "unused rules",
    message: (p: { name: string }) => `no ranking applies the rules \`${p.name}\``,
    about: "A set of rules works where a ranking names it after `with`, and none does.",
  },
  MTL6008: {
    slug: "unused-macro",
    severity: "warning",
    title: "unused macro",
    message: (p: { name: string }) => `macro \`${p.name}\` is never called`,
    about: "A macro that nothing calls leaves no trace in the model.",
  },
  MTL6009: {
    slug: "unused-suppression",
    severity: "warning",
    title: "unused suppression",
    message: (p: { code: string; line: number | undefined }) =>
      p.line === undefined
        ? `nothing follows that \`mtlc-ignore ${p.code}\` could speak of`
        : `line ${p.line} has no \`${p.code}\` to ignore`,
    about:
      "The comment ignores a warning that is not there any more. Left in place, it would hide the next one of its kind. `mtlc check --fix` takes it out.",
  },
  MTL6010: {
    slug: "malformed-suppression",
    severity: "warning",
    title: "malformed suppression",
    message: (p: { problem: "codes" | "reason" }) =>
      p.problem === "codes"
        ? "`mtlc-ignore` names the codes that it ignores, and why"
        : "`mtlc-ignore` says why the warning does not matter here",
    about:
      "A warning is ignored by its code and with a reason, so that the next reader can judge whether it still holds.",
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
      "Warnings and notes can be ignored. An error stops the stages that follow, so ignoring it would gain nothing.",
  },
  MTL6012: {
    slug: "constant-condition",
    severity: "warning",
    title: "constant condition",
    message: (p: { truth: boolean }) =>
      p.truth ? "this is always true, for every candidate" : "this can never be true, for any candidate",
    about:
      "The ranges of what is compared decide the comparison before any candidate comes: `quality < 2` of a quality in [0, 1] is always true, and `quality < 0.2 and quality > 0.8` never. The rule applies to everything, or to nothing.",
  },
  MTL6013: {
    slug: "unreachable-position",
    severity: "warning",
    title: "unreachable list position",
    message: (p: { place: number; rank: string; size: number }) =>
      `\`${p.rank}\` has ${p.size} places, and this speaks of ${p.place}`,
    about: "The rule speaks of places beyond the end of the ranking's list, where nothing stands but on later pages.",
  },
  MTL6014: {
    slug: "duplicate-task",
    severity: "warning",
    title: "duplicate task",
    message: (p: { first: string; second: string; type: string }) =>
      `\`${p.second}\` predicts ${p.type} from what \`${p.first}\` predicts it from`,
    about:
      "Both tasks predict the same event from the same parts of the network, so they differ by their random start alone. Two predictions of one event are sound where they read different parts, as in an ensemble.",
  },
  MTL6015: {
    slug: "unused-parameter",
    severity: "warning",
    title: "unused macro parameter",
    message: (p: { macro: string; parameter: string }) =>
      `\`${p.macro}\` does not use its parameter \`${p.parameter}\``,
    about: "The parameter does not appear in the macro's body, so what callers give for it changes nothing.",
  },
  MTL6016: {
    slug: "unused-import",
    severity: "warning",
    title: "unused import",
    message: (p: { name: string; kind: string }) => `${p.kind} \`${p.name}\` is imported and never read`,
    about: "The name is imported, and nothing in the spec reads it.",
  },
  MTL6045: {
    slug: "invisible-character",
    severity: "warning",
    title: "invisible character",
    message: (p: { names: string; where: "text" | "comment" }) =>
      `this ${p.where} holds ${p.names}, which is invisible or turns the direction of what follows`,
    about:
      'A zero-width space makes two texts that look the same different ones, and a character that turns the writing direction shows a line in another order than the one that is read. A text has each of them as an escape, `"\\u{200B}"`, which everybody sees; formatting writes it so. Joiners between letters or emoji are none of these.',
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
      "The file imports the same thing twice, which is the same as once. Two files that both import a third are no mistake: what they share is there once.",
  },
  MTL6017: {
    slug: "unused-formula",
    severity: "warning",
    title: "unused formula",
    message: (p: { name: string }) => `no ranking, formula, rule or test reads \`${p.name}\``,
    about: "The spec ranks, and neither a ranking nor another formula, a rule or a test reads this formula.",
  },
  MTL6020: {
    slug: "rounded-integer",
    severity: "warning",
    title: "integer loses digits",
    message: (p: { text: string; value: string }) =>
      `\`${p.text}\` has more digits than a number of 64 bits holds, and is read as ${p.value}`,
    about:
      "Numbers of a spec are 64-bit floating point, which is exact for whole numbers up to 2^53. A longer identifier as a number equals its neighbours as well; as a text it is compared digit by digit, whatever type the column has.",
  },
  MTL6023: {
    slug: "sum-as-category",
    severity: "warning",
    title: "sum used as a category",
    message: (p: { name: string }) =>
      `\`${p.name}\` is a category of a number that several columns add up to: different values of them give one category`,
    about:
      "Arithmetic of columns gives a number, and a category of it is one for every combination with that sum: 2 and 10, 10 and 2, 5 and 7. `cross(a, b)` is a category for each pair of values.",
  },
  MTL6030: {
    slug: "second-diversity-rule",
    severity: "warning",
    title: "second diversity rule",
    message: (p: { rule: string; first: string; rank: string }) =>
      `\`${p.rule}\` does nothing in \`${p.rank}\`: \`${p.first}\` chooses for variety there`,
    about:
      "A list is chosen for variety by one rule, `mmr` or `dpp`: the first of those that the ranking's sets of rules hold. Take the others out, or give them a ranking of their own.",
  },
  MTL6027: {
    slug: "unlisted-serving-value",
    severity: "warning",
    title: "serving value missing from the listed values",
    message: (p: { feature: string; value: string }) =>
      `\`serving: "${p.value}"\` is none of the \`values\` of feature \`${p.feature}\`, so every served row has an unknown value`,
    about:
      "The feature lists its values, and the value that serving sees instead of the data is none of them. Every served row then has the embedding of an unknown value, which training may never have moved.",
  },
});
