import { defineDiagnostics } from "../../define.js";
import { didYouMean, joinNames } from "../../words.js";

/** MTL2xxx: names and imports. */
export const namesDiagnostics = defineDiagnostics({
  MTL2001: {
    slug: "unknown-name",
    severity: "error",
    title: "unknown name",
    message: (p: { name: string; what: string; suggestion?: string | undefined }) =>
      `no ${p.what.replace(/\ban? /g, "")} is called \`${p.name}\`${didYouMean(p.suggestion)}`,
    about:
      "Nothing of this name is declared. Names may be declared anywhere in the file, in a file that it imports, or in the one that it extends. Where a declared name is similar, the message suggests it.",
    fix: "Correct the name, or declare it.",
  },
  MTL2002: {
    slug: "duplicate-name",
    severity: "error",
    title: "duplicate name",
    message: (p: { name: string; kind: string; first: string }) =>
      p.kind === p.first
        ? `\`${p.name}\` is declared twice`
        : `\`${p.name}\` is declared twice, as ${p.first} and as ${p.kind}`,
    about:
      "A name is declared once. Labels have a name space of their own, so that the label `stay` and the task `stay` can both exist; so do attributes and features.",
    fix: "Rename one of the two. To change a declaration of another file, write `override` before the new one.",
  },
  MTL2003: {
    slug: "wrong-kind",
    severity: "error",
    title: "wrong kind of name",
    message: (p: { name: string; found: string; expected: string }) =>
      `\`${p.name}\` is ${p.found}; expected ${p.expected} here`,
    about:
      "The name is declared, but its kind is not valid at this location. What a model predicts cannot be one of its inputs, and a task is not a part of the network.",
    fix: "Use a name of the expected kind.",
  },
  MTL2004: {
    slug: "unknown-builtin",
    severity: "error",
    title: "unknown built-in",
    message: (p: { name: string; what: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `\`${p.name}\` is not ${p.what}${p.suggestion === undefined ? `; there is ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
    about: "The language has a fixed set of layers, losses, metrics and functions, and this name is not one of them.",
    fix: "Use one of the built-ins that the message lists.",
  },
  MTL2005: {
    slug: "unknown-parameter",
    severity: "error",
    title: "unknown parameter",
    message: (p: { callee: string; name: string; known: readonly string[]; suggestion?: string | undefined }) =>
      p.known.length === 0
        ? `\`${p.callee}\` has no parameter \`${p.name}\`: it takes none`
        : `\`${p.callee}\` has no parameter \`${p.name}\`${p.suggestion === undefined ? `; it takes ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
    about: "The layer, loss or rule has no parameter of this name.",
    fix: "Use one of the parameters that the message lists.",
  },
  MTL2006: {
    slug: "unknown-option",
    severity: "error",
    title: "unknown value of a parameter",
    message: (p: {
      callee: string;
      parameter: string;
      found: string;
      known: readonly string[];
      suggestion?: string | undefined;
    }) =>
      `\`${p.parameter}\` of \`${p.callee}\` cannot be \`${p.found}\`${p.suggestion === undefined ? `; it may be ${joinNames(p.known, "or")}` : didYouMean(p.suggestion)}`,
    about: "The parameter takes one of a few names, and this is not one of them.",
    fix: "Use one of the values that the message lists.",
  },
  MTL2007: {
    slug: "unknown-entry",
    severity: "error",
    title: "unknown block entry",
    message: (p: { block: string; key: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `the \`${p.block}\` block has no entry \`${p.key}\`${p.suggestion === undefined ? `; its entries are ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
    about: "The block has a fixed set of entries, and this is not one of them.",
    fix: "Use one of the entries that the message lists.",
  },
  MTL2008: {
    slug: "duplicate-entry",
    severity: "error",
    title: "duplicate block entry",
    message: (p: { block: string; key: string }) => `\`${p.key}\` is repeated in the \`${p.block}\` block`,
    about: "A key may appear only once in a block: with two entries, it would be unclear which one is valid.",
    fix: "Remove one of the two entries.",
  },
  MTL2009: {
    slug: "circular-dependency",
    severity: "error",
    title: "circular dependency",
    message: (p: { path: readonly string[] }) =>
      `circular dependency: ${[...p.path, p.path[0] ?? ""].map((name) => `\`${name}\``).join(" → ")}`,
    about:
      "A declaration depends on itself, directly or through other declarations. Their order in the file does not matter; the message shows how the dependency returns to its start.",
    fix: "Let one of the declarations read something else.",
  },
  MTL2010: {
    slug: "duplicate-block",
    severity: "error",
    title: "duplicate block",
    message: (p: { keyword: string }) => `\`${p.keyword}\` is repeated; a spec has at most one`,
    about: "A spec has at most one block of this kind.",
    fix: "Move the entries of both blocks into one.",
  },
  MTL2011: {
    slug: "unlisted-column",
    severity: "error",
    title: "column missing from the list of columns",
    message: (p: { column: string; suggestion?: string | undefined }) =>
      `\`columns\` in the \`data\` block does not list \`${p.column}\`${didYouMean(p.suggestion)}`,
    about:
      "The `data` block lists the columns of the files, with `columns: […]`, and a feature, a label or a role reads a column that is missing from the list.",
    fix: "Correct the name, or add the column to the list.",
  },
  MTL2012: {
    slug: "unknown-member",
    severity: "error",
    title: "unknown member",
    message: (p: { name: string; member: string; members: readonly string[]; suggestion?: string | undefined }) =>
      p.members.length === 0
        ? `\`${p.name}\` is one tensor and has no members; read it as \`${p.name}\``
        : `\`${p.name}\` has no member \`${p.member}\`${p.suggestion === undefined ? `; it has ${joinNames(p.members)}` : didYouMean(p.suggestion)}`,
    about: "The name before the dot has no member of this name.",
    fix: "Read one of the members that the message lists.",
  },
  MTL2013: {
    slug: "unnamed-model",
    severity: "error",
    title: "missing model name",
    message: () => "the spec has no model name",
    about:
      "A file with tasks, losses or rankings is a model, and a model needs a name: artifacts, diffs and services refer to it. Only a file that others import needs none.",
    fix: "Begin the spec with `model NAME`.",
  },
  MTL2014: {
    slug: "conflicting-change",
    severity: "error",
    title: "conflicting overrides",
    message: (p: { what: string; first: "override" | "remove"; second: "override" | "remove" }) => {
      const words = { override: "overridden", remove: "removed" };
      return p.first === p.second
        ? `${p.what} is ${words[p.first]} twice in this file`
        : `${p.what} is ${words[p.first]} and ${words[p.second]} in this file`;
    },
    about: "A file overrides or removes each thing only once. One of two changes to the same thing would be lost.",
    fix: "Keep one of the two changes.",
  },
  MTL2015: {
    slug: "default-order",
    severity: "error",
    title: "default reads a later parameter",
    message: (p: { parameter: string; read: string }) =>
      p.parameter === p.read
        ? `the default of \`${p.parameter}\` reads \`${p.parameter}\` itself`
        : `the default of \`${p.parameter}\` reads \`${p.read}\`, a later parameter`,
    about:
      "Arguments are bound from left to right, so the default of a parameter may only read the parameters before it.",
    fix: "Reorder the parameters, or write the default without the later one.",
  },
  MTL2020: {
    slug: "missing-import",
    severity: "error",
    title: "imported file not found",
    message: (p: { path: string; found: string }) => `\`${p.path}\` cannot be read: there is no file \`${p.found}\``,
    about: "`import` or `extends` names a file that does not exist. Paths are relative to the file that contains them.",
    fix: "Correct the path.",
  },
  MTL2021: {
    slug: "circular-import",
    severity: "error",
    title: "circular import",
    message: (p: { path: readonly string[] }) => `circular import: ${p.path.map((file) => `\`${file}\``).join(" → ")}`,
    about: "A file imports itself, directly or through others. The message shows the circular path.",
    fix: "Remove one of the imports; move what both files need into a third file.",
  },
  MTL2022: {
    slug: "unknown-import",
    severity: "error",
    title: "unknown imported name",
    message: (p: { name: string; file: string; suggestion?: string | undefined }) =>
      `\`${p.file}\` does not declare \`${p.name}\`${didYouMean(p.suggestion)}`,
    about: "`import { … }` takes names that the file declares, and this is not one of them.",
    fix: "Correct the name, or declare it in that file.",
  },
  MTL2023: {
    slug: "unknown-override",
    severity: "error",
    title: "nothing to override",
    message: (p: { what: string; suggestion?: string | undefined }) =>
      `there is no ${p.what} to override${didYouMean(p.suggestion)}`,
    about: "`override` replaces an existing declaration, and there is no declaration of this kind and name.",
    fix: "Correct the name, or remove `override` to add a declaration.",
  },
  MTL2024: {
    slug: "unknown-removal",
    severity: "error",
    title: "nothing to remove",
    message: (p: { what: string; suggestion?: string | undefined }) =>
      `there is no ${p.what} to remove${didYouMean(p.suggestion)}`,
    about: "`remove` deletes what another file declares, and there is no declaration of this kind and name.",
    fix: "Correct the name, or delete the `remove`.",
  },
  MTL2025: {
    slug: "recursive-macro",
    severity: "error",
    title: "recursive macro",
    message: (p: { path: readonly string[] }) =>
      p.path.length === 1
        ? `macro \`${p.path[0] ?? ""}\` calls itself and would never end`
        : `these macros call each other and would never end: ${joinNames(p.path)}`,
    about:
      "The body of a macro replaces its call, so a macro that calls itself, directly or through others, would never end. The language has no recursion.",
    fix: "Write the body without the call.",
  },
  MTL2026: {
    slug: "expansion-too-large",
    severity: "error",
    title: "macro expansion too large",
    message: (p: { limit: string }) => `macros make this spec ${p.limit}`,
    about:
      "Macros that call macros can double the size of a spec at each step. The limit bounds the work of the compiler for any spec.",
    fix: "Call fewer macros, or declare the common part once.",
  },
  MTL2030: {
    slug: "invalid-name-range",
    severity: "error",
    title: "invalid range of names",
    message: (p: { problem: string }) => p.problem,
    about:
      "A range of names, `n_1 .. n_63`, counts a number from its first name to its last. The names are the same except for this number, which has leading zeros in both or in neither.",
    fix: "Write two names that differ only in one number.",
  },
  MTL2031: {
    slug: "undeclared-in-range",
    severity: "error",
    title: "undeclared names in a range",
    message: (p: { first: string; more: number; suggestion?: string | undefined }) =>
      `\`${p.first}\`${p.more === 0 ? " of this range is" : ` and ${p.more} more of this range are`} not declared${didYouMean(p.suggestion)}`,
    about:
      "A range in an expression refers to declared features or parts of the network. Names of the range that are not declared would be silently skipped.",
    fix: "Correct the ends of the range, or declare the missing names.",
  },
  MTL2032: {
    slug: "unknown-exclusion",
    severity: "error",
    title: "unknown name after `but`",
    message: (p: { name: string | undefined; suggestion?: string | undefined }) =>
      p.name === undefined
        ? "only names can be excluded"
        : `\`${p.name}\` is not among the names before \`but\`${didYouMean(p.suggestion)}`,
    about: "`but` excludes names from the ones before it, so each excluded name must be one of them.",
    fix: "Correct the name, or remove it from the list after `but`.",
  },
  MTL2033: {
    slug: "empty-selection",
    severity: "error",
    title: "empty selection of names",
    message: () => "`but` excludes every name before it",
    about: "A list without any name is not a valid input of a network.",
    fix: "Exclude fewer names.",
  },
  MTL3150: {
    slug: "each-without-names",
    severity: "error",
    title: "`each` without several names",
    message: (p: { found: string }) =>
      `\`each\` is before a call whose first argument is several names, not ${p.found}`,
    about:
      "`each linear(n_1 .. n_63, 4)` is one call for each of the names in the first argument: a list, a range, `features` or `… but …`. It is an element of a list or among the tensors of a layer.",
    fix: "Write the names as a list, `each linear([age, price], 4)`, or leave `each` out.",
  },
  MTL2027: {
    slug: "shadowed-builtin",
    severity: "error",
    title: "macro shadows a built-in",
    message: (p: { name: string }) => `\`${p.name}\` is a built-in, and a macro of the same name would hide it`,
    about:
      "A macro must not have the name of a built-in, which includes layers, functions, kinds of features, file formats and optimizers: readers could no longer tell what `mlp` or `exp` means.",
    fix: "Give the macro another name.",
  },
});
