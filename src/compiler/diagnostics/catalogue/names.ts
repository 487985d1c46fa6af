import { defineDiagnostics } from "../define.js";
import { didYouMean, joinNames } from "../words.js";

/** MTL2xxx: names and imports. */
export const namesDiagnostics = defineDiagnostics({
  MTL2001: {
    severity: "error",
    title: "unknown name",
    message: (p: { name: string; what: string; suggestion?: string | undefined }) =>
      `no ${p.what.replace(/\ban? /g, "")} is called \`${p.name}\`${didYouMean(p.suggestion)}`,
  },
  MTL2002: {
    severity: "error",
    title: "name declared twice",
    message: (p: { name: string; kind: string; first: string }) =>
      p.kind === p.first
        ? `\`${p.name}\` is declared twice`
        : `\`${p.name}\` is declared twice: as ${p.first} and as ${p.kind}`,
  },
  MTL2003: {
    severity: "error",
    title: "name of another kind",
    message: (p: { name: string; found: string; expected: string }) =>
      `\`${p.name}\` is ${p.found}; ${p.expected} should stand here`,
  },
  MTL2004: {
    severity: "error",
    title: "unknown word",
    message: (p: { name: string; what: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `\`${p.name}\` is not ${p.what}${p.suggestion === undefined ? `; there is ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
  },
  MTL2005: {
    severity: "error",
    title: "unknown parameter",
    message: (p: { callee: string; name: string; known: readonly string[]; suggestion?: string | undefined }) =>
      p.known.length === 0
        ? `\`${p.callee}\` has no parameter \`${p.name}\`: it takes none`
        : `\`${p.callee}\` has no parameter \`${p.name}\`${p.suggestion === undefined ? `; it takes ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
  },
  MTL2006: {
    severity: "error",
    title: "unknown word for a parameter",
    message: (p: {
      callee: string;
      parameter: string;
      found: string;
      known: readonly string[];
      suggestion?: string | undefined;
    }) =>
      `\`${p.parameter}\` of \`${p.callee}\` cannot be \`${p.found}\`${p.suggestion === undefined ? `; it may be ${joinNames(p.known, "or")}` : didYouMean(p.suggestion)}`,
  },
  MTL2007: {
    severity: "error",
    title: "unknown entry of a block",
    message: (p: { block: string; key: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `the \`${p.block}\` block has no entry \`${p.key}\`${p.suggestion === undefined ? `; it knows ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
  },
  MTL2008: {
    severity: "error",
    title: "entry twice in a block",
    message: (p: { block: string; key: string }) => `\`${p.key}\` stands twice in the \`${p.block}\` block`,
  },
  MTL2009: {
    severity: "error",
    title: "declarations in a circle",
    message: (p: { path: readonly string[]; how: string }) =>
      p.path.length === 1
        ? `\`${p.path[0] ?? ""}\` ${p.how} itself`
        : `these go in a circle: ${[...p.path, p.path[0] ?? ""].map((name) => `\`${name}\``).join(` ${p.how} `)}`,
  },
  MTL2010: {
    severity: "error",
    title: "block that stands twice",
    message: (p: { keyword: string }) => `a spec has one \`${p.keyword}\`, and this is a second one`,
  },
  MTL2011: {
    severity: "error",
    title: "column that the files do not have",
    message: (p: { column: string; suggestion?: string | undefined }) =>
      `\`columns\` in the \`data\` block lists no \`${p.column}\`${didYouMean(p.suggestion)}`,
  },
  MTL2012: {
    severity: "error",
    title: "unknown member",
    message: (p: { name: string; member: string; members: readonly string[]; suggestion?: string | undefined }) =>
      p.members.length === 0
        ? `\`${p.name}\` is one tensor and has no members; read it as \`${p.name}\``
        : `\`${p.name}\` has no member \`${p.member}\`${p.suggestion === undefined ? `; it has ${joinNames(p.members)}` : didYouMean(p.suggestion)}`,
  },
  MTL2013: {
    severity: "error",
    title: "spec without a name",
    message: () => "the spec does not name its model",
  },
  MTL2014: {
    severity: "error",
    title: "change of what is changed already",
    message: (p: { what: string; first: "override" | "remove"; second: "override" | "remove" }) => {
      const words = { override: "overridden", remove: "removed" };
      return p.first === p.second
        ? `${p.what} is ${words[p.first]} twice in this file`
        : `${p.what} is ${words[p.first]} and ${words[p.second]} in this file`;
    },
  },
  MTL2015: {
    severity: "error",
    title: "default that reads a later parameter",
    message: (p: { parameter: string; read: string }) =>
      p.parameter === p.read
        ? `the default of \`${p.parameter}\` reads \`${p.parameter}\` itself`
        : `the default of \`${p.parameter}\` reads \`${p.read}\`, a parameter that comes after it`,
  },
  MTL2020: {
    severity: "error",
    title: "file that cannot be read",
    message: (p: { path: string; found: string }) => `\`${p.path}\` cannot be read: there is no file \`${p.found}\``,
  },
  MTL2021: {
    severity: "error",
    title: "files that import one another",
    message: (p: { path: readonly string[] }) =>
      `these files import one another: ${p.path.map((file) => `\`${file}\``).join(" → ")}`,
  },
  MTL2022: {
    severity: "error",
    title: "name that the file does not declare",
    message: (p: { name: string; file: string; suggestion?: string | undefined }) =>
      `\`${p.file}\` declares no \`${p.name}\`${didYouMean(p.suggestion)}`,
  },
  MTL2023: {
    severity: "error",
    title: "override of what is not there",
    message: (p: { what: string; suggestion?: string | undefined }) =>
      `there is no ${p.what} to override${didYouMean(p.suggestion)}`,
  },
  MTL2024: {
    severity: "error",
    title: "removal of what is not there",
    message: (p: { what: string; suggestion?: string | undefined }) =>
      `there is no ${p.what} to remove${didYouMean(p.suggestion)}`,
  },
  MTL2025: {
    severity: "error",
    title: "macro that calls itself",
    message: (p: { path: readonly string[] }) =>
      p.path.length === 1
        ? `macro \`${p.path[0] ?? ""}\` calls itself, and would never end`
        : `these macros call one another, and would never end: ${p.path.map((name) => `\`${name}\``).join(", ")}`,
  },
  MTL2026: {
    severity: "error",
    title: "expansion too large",
    message: (p: { limit: string }) => `macros make this spec ${p.limit}`,
  },
  MTL2030: {
    severity: "error",
    title: "not a range of names",
    message: (p: { problem: string }) => p.problem,
  },
  MTL2031: {
    severity: "error",
    title: "names of a range that are not declared",
    message: (p: { first: string; more: number; suggestion?: string | undefined }) =>
      `\`${p.first}\`${p.more === 0 ? " of this range is" : ` and ${p.more} more of this range are`} not declared${didYouMean(p.suggestion)}`,
  },
  MTL2032: {
    severity: "error",
    title: "name that is not there to leave out",
    message: (p: { name: string | undefined; suggestion?: string | undefined }) =>
      p.name === undefined
        ? "only names can be left out"
        : `\`${p.name}\` is not among the names before \`but\`${didYouMean(p.suggestion)}`,
  },
  MTL2033: {
    severity: "error",
    title: "every name left out",
    message: () => "`but` leaves nothing of the names before it",
  },
  MTL2027: {
    severity: "error",
    title: "name of a built-in",
    message: (p: { name: string }) => `\`${p.name}\` is a built-in, and a macro of that name would hide it`,
  },
});
