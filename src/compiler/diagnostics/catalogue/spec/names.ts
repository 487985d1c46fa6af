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
      "Nothing of this name is declared. Names may be declared anywhere in the file, in a file that it imports, or in the one that it extends. Where a declared name is close in spelling, the message suggests it.",
  },
  MTL2002: {
    slug: "duplicate-name",
    severity: "error",
    title: "duplicate name",
    message: (p: { name: string; kind: string; first: string }) =>
      p.kind === p.first
        ? `\`${p.name}\` is declared twice`
        : `\`${p.name}\` is declared twice: as ${p.first} and as ${p.kind}`,
    about:
      "A name stands for one thing. Labels have a name space of their own, so that the label `stay` and the task `stay` may stand side by side; so have attributes beside features. To change a declaration that comes from another file, write `override` before the new one.",
  },
  MTL2003: {
    slug: "wrong-kind",
    severity: "error",
    title: "wrong kind of name",
    message: (p: { name: string; found: string; expected: string }) =>
      `\`${p.name}\` is ${p.found}; ${p.expected} should stand here`,
    about:
      "The name is declared, as something that cannot stand here. What a model predicts cannot be what it reads, and a task is not a part of the network.",
  },
  MTL2004: {
    slug: "unknown-builtin",
    severity: "error",
    title: "unknown built-in",
    message: (p: { name: string; what: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `\`${p.name}\` is not ${p.what}${p.suggestion === undefined ? `; there is ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
    about: "The language has a fixed set of layers, losses, metrics and functions, and this is none of them.",
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
    about: "The parameter takes one of a few words, and this is none of them.",
  },
  MTL2007: {
    slug: "unknown-entry",
    severity: "error",
    title: "unknown block entry",
    message: (p: { block: string; key: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `the \`${p.block}\` block has no entry \`${p.key}\`${p.suggestion === undefined ? `; it knows ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
    about: "The block has a fixed set of entries, and this is none of them.",
  },
  MTL2008: {
    slug: "duplicate-entry",
    severity: "error",
    title: "duplicate block entry",
    message: (p: { block: string; key: string }) => `\`${p.key}\` stands twice in the \`${p.block}\` block`,
    about: "A key stands once in a block: with two, it would not be clear which one holds.",
  },
  MTL2009: {
    slug: "circular-dependency",
    severity: "error",
    title: "circular dependency",
    message: (p: { path: readonly string[]; how: string }) =>
      p.path.length === 1
        ? `\`${p.path[0] ?? ""}\` ${p.how} itself`
        : `these go in a circle: ${[...p.path, p.path[0] ?? ""].map((name) => `\`${name}\``).join(` ${p.how} `)}`,
    about:
      "Declarations may stand in any order, and none may depend on itself. The message shows the way around the circle.",
  },
  MTL2010: {
    slug: "duplicate-block",
    severity: "error",
    title: "duplicate block",
    message: (p: { keyword: string }) => `a spec has one \`${p.keyword}\`, and this is a second one`,
    about: "A spec has one block of this kind. Put the entries of both into one.",
  },
  MTL2011: {
    slug: "unlisted-column",
    severity: "error",
    title: "column missing from the list of columns",
    message: (p: { column: string; suggestion?: string | undefined }) =>
      `\`columns\` in the \`data\` block lists no \`${p.column}\`${didYouMean(p.suggestion)}`,
    about:
      "The `data` block says which columns the files have, with `columns: […]`, and a feature, a label or a role reads one that is not among them.",
  },
  MTL2012: {
    slug: "unknown-member",
    severity: "error",
    title: "unknown member",
    message: (p: { name: string; member: string; members: readonly string[]; suggestion?: string | undefined }) =>
      p.members.length === 0
        ? `\`${p.name}\` is one tensor and has no members; read it as \`${p.name}\``
        : `\`${p.name}\` has no member \`${p.member}\`${p.suggestion === undefined ? `; it has ${joinNames(p.members)}` : didYouMean(p.suggestion)}`,
    about: "After the dot stands a member that the name does not have.",
  },
  MTL2013: {
    slug: "unnamed-model",
    severity: "error",
    title: "missing model name",
    message: () => "the spec does not name its model",
    about:
      "A file with tasks, losses or rankings is a model, and a model has a name: artifacts, diffs and services speak of it by that. A file that others import needs none.",
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
    about:
      "One file overrides or removes a thing once. Of two changes of the same thing one would be lost, and no reader could tell which.",
  },
  MTL2015: {
    slug: "default-order",
    severity: "error",
    title: "default reads a later parameter",
    message: (p: { parameter: string; read: string }) =>
      p.parameter === p.read
        ? `the default of \`${p.parameter}\` reads \`${p.parameter}\` itself`
        : `the default of \`${p.parameter}\` reads \`${p.read}\`, a parameter that comes after it`,
    about:
      "Arguments are put in from left to right, so that the default of a parameter may read those before it, and no other. A name that is no parameter is one of the spec.",
  },
  MTL2020: {
    slug: "missing-import",
    severity: "error",
    title: "imported file not found",
    message: (p: { path: string; found: string }) => `\`${p.path}\` cannot be read: there is no file \`${p.found}\``,
    about: "`import` or `extends` names a file that is not there. Paths are relative to the file that they stand in.",
  },
  MTL2021: {
    slug: "circular-import",
    severity: "error",
    title: "circular import",
    message: (p: { path: readonly string[] }) =>
      `these files import one another: ${p.path.map((file) => `\`${file}\``).join(" → ")}`,
    about: "A file imports itself, directly or through others. The message shows the way.",
  },
  MTL2022: {
    slug: "unknown-import",
    severity: "error",
    title: "unknown imported name",
    message: (p: { name: string; file: string; suggestion?: string | undefined }) =>
      `\`${p.file}\` declares no \`${p.name}\`${didYouMean(p.suggestion)}`,
    about: "`import { … }` takes names that the file declares, and this is none of them.",
  },
  MTL2023: {
    slug: "unknown-override",
    severity: "error",
    title: "nothing to override",
    message: (p: { what: string; suggestion?: string | undefined }) =>
      `there is no ${p.what} to override${didYouMean(p.suggestion)}`,
    about:
      "`override` says that something which is there gets another form. Nothing of this kind and name is there. Without `override`, the declaration is a new one.",
  },
  MTL2024: {
    slug: "unknown-removal",
    severity: "error",
    title: "nothing to remove",
    message: (p: { what: string; suggestion?: string | undefined }) =>
      `there is no ${p.what} to remove${didYouMean(p.suggestion)}`,
    about: "`remove` takes something out that another file brought in. Nothing of this kind and name is there.",
  },
  MTL2025: {
    slug: "recursive-macro",
    severity: "error",
    title: "recursive macro",
    message: (p: { path: readonly string[] }) =>
      p.path.length === 1
        ? `macro \`${p.path[0] ?? ""}\` calls itself, and would never end`
        : `these macros call one another, and would never end: ${p.path.map((name) => `\`${name}\``).join(", ")}`,
    about:
      "A macro is replaced by its body, so one that calls itself, directly or through others, would never end. There is no recursion in the language.",
  },
  MTL2026: {
    slug: "expansion-too-large",
    severity: "error",
    title: "macro expansion too large",
    message: (p: { limit: string }) => `macros make this spec ${p.limit}`,
    about:
      "Macros that call macros can double a spec at each step. The limit keeps the compiler's work bounded, whatever a spec says.",
  },
  MTL2030: {
    slug: "invalid-name-range",
    severity: "error",
    title: "invalid range of names",
    message: (p: { problem: string }) => p.problem,
    about:
      "A range of names, `n_1 .. n_63`, counts one number from its first name to its last. The names are alike but for this number, which is written with zeros in front in all of them or in none.",
  },
  MTL2031: {
    slug: "undeclared-in-range",
    severity: "error",
    title: "undeclared names in a range",
    message: (p: { first: string; more: number; suggestion?: string | undefined }) =>
      `\`${p.first}\`${p.more === 0 ? " of this range is" : ` and ${p.more} more of this range are`} not declared${didYouMean(p.suggestion)}`,
    about:
      "A range in an expression stands for features, or parts of the network, that are declared. A part of it that is not would be left out without a word.",
  },
  MTL2032: {
    slug: "unknown-exclusion",
    severity: "error",
    title: "unknown name after `but`",
    message: (p: { name: string | undefined; suggestion?: string | undefined }) =>
      p.name === undefined
        ? "only names can be left out"
        : `\`${p.name}\` is not among the names before \`but\`${didYouMean(p.suggestion)}`,
    about: "`but` leaves names out of those before it, so what it leaves out has to be one of them.",
  },
  MTL2033: {
    slug: "empty-selection",
    severity: "error",
    title: "empty selection of names",
    message: () => "`but` leaves nothing of the names before it",
    about: "A list of names without any is not an input of a network.",
  },
  MTL2027: {
    slug: "shadowed-builtin",
    severity: "error",
    title: "macro shadows a built-in",
    message: (p: { name: string }) => `\`${p.name}\` is a built-in, and a macro of that name would hide it`,
    about:
      "A macro with the name of a built-in, a layer as well as a function, a kind of feature, a file format or an optimizer, would hide it: readers could no longer tell what `mlp` or `exp` means. Give it a name of its own.",
  },
});
