/**
 * Specs with `search`: one value is put in the place of each before anything is checked. The spec is checked with the
 * default of every search, and once for each other choice and each end of a range, all other searches at their defaults:
 * what is wrong with a choice is reported where it is written. Pure.
 */
import { Reporter, type Diagnostic } from "../../diagnostics/index.js";
import { visit, type Expression, type Spec } from "../../syntax/index.js";
import type { SourceFile } from "../../text/index.js";
import { check, type CheckOptions, type CheckResult } from "../check.js";
import { middleOf, textOfValue, type SearchDimension, type SearchPoint, type SearchSpace } from "./dimension.js";
import { mergeTables, type CheckedVariant } from "./merge-tables.js";
import { putValues, type Chosen } from "./put-values.js";
import { readSpace, type ReadSpace } from "./read-space.js";
import { findSites, siteKey, type SearchSite } from "./sites.js";

/** How many values of all searches together are checked; more is a mistake. */
const valueLimit = 200;

/** What the checker makes of a spec, and what a search may choose in it. */
export interface SearchedResult extends CheckResult {
  /** In the order of the text, the spec's own file first. */
  readonly searches: readonly SearchDimension[];
}

export interface SearchedInput {
  /** The files that the spec is made of, as they are written, its own first. */
  readonly files: ReadonlyMap<string, Spec>;
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/** {@link check} of an expanded spec that may have searches in it. */
export function checkSearched(spec: Spec, options: CheckOptions, input: SearchedInput): SearchedResult {
  // Most specs have none, and are not walked for it.
  if (![...input.sources.values()].some(({ text }) => text.includes("search")))
    return { ...check(spec, options), searches: [] };
  const reporter = new Reporter();
  const sites = readSites(spec, findSites(input.files.values(), reporter), reporter);
  if (sites.length === 0 && !reporter.hasErrors) return { ...check(spec, options), searches: [] };
  const searched: SearchedSpec = { spec, options, sites };
  const whole = wholeSites(searched);
  const searches = dimensionsOf(sites, whole, input);
  const defaults = defaultsOf(sites, whole);
  const base = checkAt(searched, defaults, new Map());
  const variants = variantsOf(searches, reporter).map((variant) => ({
    ...variant,
    ...checkAt(searched, defaults, new Map([[variant.dimension.name, variant.value]])),
  }));
  reportAll(reporter, base.result, variants);
  return {
    ...base.result,
    diagnostics: reporter.diagnostics,
    tables: mergeTables(spec, base, variants),
    searches,
  };
}

/** A search that the spec reads, with what it chooses from. */
interface ReadSite extends SearchSite {
  readonly key: string;
  readonly space: ReadSpace;
}

interface SearchedSpec {
  readonly spec: Spec;
  readonly options: CheckOptions;
  readonly sites: readonly ReadSite[];
}

/** The sites that are left after imports and overrides, in the order of the files. */
function readSites(spec: Spec, sites: ReadonlyMap<string, SearchSite>, reporter: Reporter): readonly ReadSite[] {
  const reached = new Set<string>();
  visit(spec, (node) => {
    if (node.kind === "Search") reached.add(siteKey(node));
  });
  return [...sites].flatMap(([key, site]) => {
    if (!reached.has(key)) return [];
    const space = readSpace(site.node, reporter);
    return space === undefined ? [] : [{ ...site, key, space }];
  });
}

/** The spec with the values of a point, of the defaults where the point has none. */
function checkAt(
  { spec, options, sites }: SearchedSpec,
  defaults: ReadonlyMap<string, number>,
  point: SearchPoint,
): CheckedVariant {
  const chosen = new Map(
    sites.map(({ key, name, space }): readonly [string, Chosen] => [
      key,
      { space, value: point.get(name) ?? defaults.get(name) ?? 0 },
    ]),
  );
  const { uncalled = [] } = options;
  const filled = { ...spec, declarations: spec.declarations.map((node) => putValues(node, chosen)) };
  const macros = uncalled.map(({ def, body }) => ({ def, body: putValues(body, chosen) }));
  return { spec: filled, result: check(filled, { ...options, uncalled: macros }) };
}

/** Names of the ranges of which only whole numbers are valid: where half of one is an error that a whole one is not. */
function wholeSites(searched: SearchedSpec): ReadonlySet<string> {
  const candidates = searched.sites.flatMap(({ name, space }) =>
    space.kind === "range" && Number.isInteger(space.low) && Number.isInteger(space.high) ? [{ name, space }] : [],
  );
  if (candidates.length === 0) return new Set();
  const defaults = defaultsOf(searched.sites, new Set(candidates.map(({ name }) => name)));
  const known = new Set(errorsOf(checkAt(searched, defaults, new Map()).result));
  const found = candidates.filter(({ name, space }) => {
    const { result } = checkAt(searched, defaults, new Map([[name, space.low + 0.5]]));
    return errorsOf(result).some((error) => !known.has(error));
  });
  return new Set(found.map(({ name }) => name));
}

function errorsOf({ diagnostics }: CheckResult): readonly string[] {
  return diagnostics.filter(({ severity }) => severity === "error").map(keyOf);
}

function keyOf({ code, span }: Diagnostic): string {
  return `${code}@${span.file}:${span.start}-${span.end}`;
}

function defaultsOf(sites: readonly ReadSite[], whole: ReadonlySet<string>): ReadonlyMap<string, number> {
  return new Map(
    sites.map(({ name, space }) => {
      if (space.kind === "choices") return [name, space.default];
      return [name, space.default ?? middleOf(space.low, space.high, { log: space.log, whole: whole.has(name) })];
    }),
  );
}

function dimensionsOf(
  sites: readonly ReadSite[],
  whole: ReadonlySet<string>,
  { sources }: SearchedInput,
): readonly SearchDimension[] {
  const defaults = defaultsOf(sites, whole);
  return sites.map(({ name, node, space, isOperand }): SearchDimension => {
    const text = sources.get(node.span.file)?.text ?? "";
    const shown: SearchSpace =
      space.kind === "choices"
        ? { kind: "choices", choices: space.choices.map((choice) => choiceText(choice, text, isOperand)) }
        : { kind: "range", low: space.low, high: space.high, log: space.log, whole: whole.has(name) };
    return { name, span: node.span, isOperand, space: shown, default: defaults.get(name) ?? 0 };
  });
}

function choiceText(choice: Expression, text: string, isOperand: boolean): string {
  const written = text.slice(choice.span.start, choice.span.end);
  return isOperand && (choice.kind === "Binary" || choice.kind === "Unary") ? `(${written})` : written;
}

/** A search at another value than its default. */
interface Variant {
  readonly dimension: SearchDimension;
  readonly value: number;
}

function variantsOf(searches: readonly SearchDimension[], reporter: Reporter): readonly Variant[] {
  const variants = searches.flatMap((dimension) => {
    const { space } = dimension;
    const values = space.kind === "choices" ? space.choices.map((_, i) => i) : [space.low, space.high];
    return values.filter((value) => value !== dimension.default).map((value) => ({ dimension, value }));
  });
  const [last] = searches.slice(-1);
  if (variants.length <= valueLimit || last === undefined) return variants;
  reporter.report("MTL3165", { found: variants.length, limit: valueLimit }, last.span);
  return [];
}

/** Errors of any variant; warnings that all variants without an error agree on. */
function reportAll(reporter: Reporter, base: CheckResult, variants: readonly (Variant & CheckedVariant)[]): void {
  const sound = variants.filter(({ result }) => errorsOf(result).length === 0);
  const agreed = sound.map(({ result }) => new Set(result.diagnostics.map(keyOf)));
  reporter.take(
    base.diagnostics.filter((each) => each.severity === "error" || agreed.every((others) => others.has(keyOf(each)))),
  );
  for (const { dimension, value, result } of variants) {
    const errors = result.diagnostics.filter(({ severity }) => severity === "error");
    reporter.take(errors.map((error) => withChoice(error, dimension, value)));
  }
}

/** An error that another place has, with the choice that makes it one. */
function withChoice(error: Diagnostic, dimension: SearchDimension, value: number): Diagnostic {
  const { span } = dimension;
  const isThere = error.span.file === span.file && span.start <= error.span.start && error.span.end <= span.end;
  if (isThere) return error;
  const text = textOfValue(dimension, value);
  return { ...error, labels: [...error.labels, { span, message: `with ${text} here` }] };
}
