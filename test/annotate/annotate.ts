/** A file of a compilation with what the compiler found out about it beneath each line. Pure. */
import type { Compilation } from "../../src/compiler/compile.js";
import type { Diagnostic } from "../../src/compiler/diagnostics/index.js";
import { showEvent, type SpecSymbol } from "../../src/compiler/semantics/index.js";
import { pathAt, type AnyNode, type Declaration, type Spec } from "../../src/compiler/syntax/index.js";
import type { SourceFile, Span } from "../../src/compiler/text/index.js";
import { createAnalysis, type Analysis } from "../../src/server/analysis/analysis.js";
import type { NamedThing } from "../../src/server/analysis/thing.js";
import { namesOf, thingWord, withoutOverride } from "../../src/server/analysis/names.js";
import { excerpt, factsOf, typesAt } from "./facts.js";
import { columns, weave, type Note } from "./weave.js";

/**
 * Beneath each line: every name that is declared there with its kind, its facts and where it is used, every larger expression
 * with its type, and for a loss the rows that it sees. Throws when the compilation has no such file.
 */
export function annotate(compilation: Compilation, path: string): string {
  const analysis = createAnalysis(path, compilation);
  if (analysis === undefined) throw new Error(`${path} was not compiled`);
  const notes = [...declarationNotes(analysis), ...lossNotes(analysis), ...expressionNotes(analysis)];
  return weave(
    analysis.source,
    notes.map(({ span, text }) => ({ span, text: `//@${columns(analysis.source, span)} ${text}` })),
  );
}

/** Beneath each line the diagnostics that point at it, with their other places, helps and fixes. */
export function annotateDiagnostics(
  { sources, diagnostics }: Pick<Compilation, "sources" | "diagnostics">,
  path: string,
): string {
  const source = sources.get(path);
  if (source === undefined) throw new Error(`${path} was not compiled`);
  return weave(
    source,
    diagnostics.filter(({ span }) => span.file === path).flatMap((each) => diagnosticNotes(each, sources)),
  );
}

function diagnosticNotes(
  { code, severity, message, span, caption, labels, notes, help, fixes }: Diagnostic,
  sources: ReadonlyMap<string, SourceFile>,
): readonly Note[] {
  const at = (place: Span): string => {
    const source = sources.get(place.file);
    return source === undefined ? place.file : `${lineOf(source, place.start)}:${columns(source, place)}`;
  };
  const source = sources.get(span.file);
  const lines = [
    `${code} ${source === undefined ? "" : columns(source, span)} ${severity}: ${message}`,
    ...(caption === "" ? [] : [`  here: ${caption}`]),
    ...labels.map((label) => `  at ${at(label.span)} ${label.message}`),
    ...notes.map((text) => `  note: ${text}`),
    ...(help === undefined ? [] : [`  help: ${help}`]),
    ...fixes.map(({ title }) => `  fix: ${title}`),
  ];
  return lines.map((text) => ({ span, text: `//! ${text}` }));
}

function lineOf({ lineStarts }: SourceFile, offset: number): number {
  return lineStarts.findLastIndex((start) => start <= offset) + 1;
}

// ------------------------------------------------------------------------------------------------------------- names

interface Declared {
  readonly span: Span;
  readonly thing: NamedThing;
}

function declarationNotes(analysis: Analysis): readonly Note[] {
  const { compilation, path, tables, spec } = analysis;
  const reached = new Set<SpecSymbol>(tables.symbols);
  const named = namesOf(compilation)
    .inFile(path)
    .filter(({ isDeclaration }) => isDeclaration);
  // Names of a range are in no text of their own: the index of names leaves them out.
  const ranged = tables.symbols
    .filter(({ at }) => at.derived === true && at.span.file === path)
    .map((symbol): Declared => ({ span: symbol.at.span, thing: thingOf(symbol) }));
  return [...named, ...ranged].map(({ span, thing }) => {
    const facts = describeDeclared(analysis, { span, thing }, reached, ownerOf(spec, span.start));
    return { span, text: `${thingWord(thing.kind)} ${thing.name}${facts.length === 0 ? "" : `: ${facts.join("; ")}`}` };
  });
}

function describeDeclared(
  analysis: Analysis,
  { span, thing }: Declared,
  reached: ReadonlySet<SpecSymbol>,
  owner: string,
): readonly string[] {
  if (thing.at.file !== span.file || thing.at.start !== span.start) return [`overridden in ${fileName(thing.at.file)}`];
  if (thing.symbol !== undefined && !reached.has(thing.symbol)) return ["not part of the spec"];
  const users = usersOf(analysis, thing);
  return [
    ...factsOf(analysis, { thing, owner }),
    ...(users.length > 0 ? [`used in ${users.join(", ")}`] : final.has(thing.kind) ? [] : ["not used"]),
  ];
}

function thingOf(symbol: SpecSymbol): NamedThing {
  return { id: "", name: symbol.name, kind: symbol.kind, at: symbol.at.span, symbol };
}

/** Kinds that nothing has to name. */
const final: ReadonlySet<NamedThing["kind"]> = new Set(["event", "rule", "rank", "experiment", "arm", "candidate"]);

/** Where a thing is named, each once: `for_ctr`, `loss.ctr`, `main.mtl t_ctr` in another file. */
function usersOf({ compilation, tables }: Analysis, thing: NamedThing): readonly string[] {
  const uses =
    thing.id === ""
      ? [...tables.references].flatMap(([name, symbol]) => (symbol === thing.symbol ? [name.span] : []))
      : namesOf(compilation)
          .of(thing.id)
          .flatMap(({ isDeclaration, span }) => (isDeclaration ? [] : [span]));
  // A candidate is named in its own test only.
  if (thing.kind === "candidate") return [];
  const users = uses.flatMap((span) => {
    const spec = compilation.files.get(span.file);
    if (spec === undefined) return [];
    return `${span.file === thing.at.file ? "" : `${fileName(span.file)} `}${userAt(spec, span.start)}`;
  });
  return [...new Set(users)];
}

/** The declaration, or its entry, that holds an offset. */
function userAt(spec: Spec, offset: number): string {
  const [declaration, ...inner] = pathAt(spec, offset).slice(1);
  if (declaration === undefined) return "?";
  const node = withoutOverride(declaration as Declaration);
  const entry = inner.find((each) => each.kind === "Entry" || each.kind === "Rule" || isNamedEntry(each));
  const name = nameOf(node);
  const part = entry === undefined ? undefined : nameOf(entry);
  switch (node.kind) {
    case "Features":
    case "Labels":
    case "Attributes":
    case "Signals":
    case "Request":
    case "Params":
      return part ?? node.kind.toLowerCase();
    case "Test":
      return `test "${node.title.value}"`;
    case "Import":
    case "Remove":
    case "Data":
    case "Loss":
    case "Train":
    case "Metrics":
      return [node.kind.toLowerCase(), ...(part === undefined ? [] : [part])].join(".");
    default:
      return [name ?? node.kind.toLowerCase(), ...(part === undefined ? [] : [part])].join(".");
  }
}

function isNamedEntry({ kind }: AnyNode): boolean {
  return ["Feature", "FeatureGroup", "Label", "Typed", "Param"].includes(kind);
}

function nameOf(node: AnyNode): string | undefined {
  if (node.kind === "Entry") return node.key.text;
  if (node.kind === "FeatureGroup") return "features";
  return "name" in node && node.name !== undefined && "text" in node.name ? node.name.text : undefined;
}

/** What a rule, an arm, a member or a candidate belongs to. */
function ownerOf(spec: Spec, offset: number): string {
  const declaration = pathAt(spec, offset)[1];
  const node = declaration === undefined ? undefined : withoutOverride(declaration as Declaration);
  if (node?.kind === "Test") return node.title.value;
  return node === undefined ? "" : (nameOf(node) ?? "");
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

// ------------------------------------------------------------------------------------------------- losses, expressions

/** Of each loss the rows that it sees: its sample space. */
function lossNotes({ compilation: { model }, path, tables }: Analysis): readonly Note[] {
  return (model?.loss.terms ?? [])
    .filter(({ span }) => span.file === path)
    .map(({ span, head, weight, loss, space }) => {
      const rows = space.length === 0 ? "every row" : `rows where ${showEvent(space, tables.within)}`;
      return { span, text: `loss of ${head}: ${weight} × ${loss} on ${rows}` };
    });
}

/** Kinds of nodes that say more than a name or a literal does. */
const shown: ReadonlySet<AnyNode["kind"]> = new Set(["Call", "Binary", "Unary", "Member", "List", "But"]);

function expressionNotes(analysis: Analysis): readonly Note[] {
  const { source, tables, path } = analysis;
  const whole = wholeValues(analysis);
  const spans = new Map<string, Span>();
  for (const [{ kind, span }, type] of tables.types)
    if (shown.has(kind) && span.file === path && !["error", "bool"].includes(type.kind))
      spans.set(`${span.start}:${span.end}`, span);
  return [...spans.values()].flatMap((span) => {
    const types = typesAt(analysis, span);
    const text = types.join(" or ");
    return whole.get(`${span.start}:${span.end}`) === text ? [] : [{ span, text: `${excerpt(source, span)}: ${text}` }];
  });
}

/** Types of declarations by the span of their value: what is at the name need not be again. */
function wholeValues(analysis: Analysis): ReadonlyMap<string, string> {
  return new Map(
    analysis.spec.declarations.flatMap((each): readonly (readonly [string, string])[] => {
      const node = withoutOverride(each);
      if (!("value" in node)) return [];
      const { start, end } = node.value.span;
      const types = typesAt(analysis, node.kind === "Def" ? node.value.span : node.span);
      return [[`${start}:${end}`, types.join(" or ")]];
    }),
  );
}
