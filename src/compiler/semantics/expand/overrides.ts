import type { Reporter } from "../../diagnostics/index.js";
import {
  rowOf,
  type Declaration,
  type Entry,
  type FeatureEntry,
  type LabelEntry,
  type OverrideDeclaration,
  type ParamEntry,
  type RemoveDeclaration,
  type Rule,
  type RulesBlock,
  type TypedEntry,
} from "../../syntax/index.js";
import { suggest, type Span } from "../../text/index.js";
import { isBlock, withEntries, type Block } from "./blocks.js";

type AnyEntry = Entry | FeatureEntry | LabelEntry | TypedEntry | ParamEntry;

/** The first words of blocks and declarations, for messages and for `remove`. */
function keywordOf(node: Declaration): string {
  return rowOf(node)?.keyword ?? "";
}

function keyOf(entry: AnyEntry): string {
  return entry.kind === "Entry" ? entry.key.text : entry.name.text;
}

/** Overrides and removals of one file, in their order; what one of them changed, no other may change again. */
export function applyChanges(
  declarations: readonly Declaration[],
  own: readonly Declaration[],
  reporter: Reporter,
): readonly Declaration[] {
  const changed = new Map<string, { readonly word: "override" | "remove"; readonly span: Span }>();
  /** Whether something is changed for the first time; else it is reported. */
  const claim = (word: "override" | "remove", key: string, span: Span): boolean => {
    const first = changed.get(key);
    if (first === undefined) changed.set(key, { word, span });
    else
      reporter.report("MTL2014", { what: `\`${key}\``, first: first.word, second: word }, span, {
        labels: [{ span: first.span, message: "changed here first" }],
        help: "leave one of them out",
      });
    return first === undefined;
  };
  let result = declarations;
  for (const node of own) {
    if (node.kind === "Override") {
      const targets = targetsOf(node.declaration);
      if (targets.map(({ key, span }) => claim("override", key, span)).every(Boolean))
        result = applyOverride(result, node, reporter);
    } else if (node.kind === "Remove") {
      const [name] = node.path;
      const isEntry = result.some((each) => isBlock(each) && keywordOf(each) === node.keyword.text);
      const key = [...(isEntry ? [node.keyword] : []), ...node.path].map(({ text }) => text).join(".");
      if (name === undefined || claim("remove", key, name.span)) result = applyRemoval(result, node, reporter);
    }
  }
  return result;
}

/** What an override changes, by a key that a removal of the same thing has as well. */
function targetsOf(node: OverrideDeclaration["declaration"]): readonly { readonly key: string; readonly span: Span }[] {
  if (node.kind === "MissingDeclaration") return [];
  if (isBlock(node))
    return (node.entries as readonly AnyEntry[]).flatMap((entry) =>
      keyOf(entry) === ""
        ? []
        : [
            {
              key: `${keywordOf(node)}.${keyOf(entry)}`,
              span: entry.kind === "Entry" ? entry.key.span : entry.name.span,
            },
          ],
    );
  if (node.kind === "Test") return [{ key: node.title.value, span: node.title.span }];
  const { text, span } = node.name;
  if (text === "") return [];
  if (node.kind !== "Rules") return [{ key: text, span }];
  return node.rules.flatMap((rule) =>
    rule.kind === "Rule" && rule.name.text !== "" ? [{ key: `${text}.${rule.name.text}`, span: rule.name.span }] : [],
  );
}

/**
 * `override` in the place of what it replaces: a declaration of the same word and name; of a block, the entries of the
 * same keys; of rules, the rules of the same names. What is not there is reported.
 */
function applyOverride(
  declarations: readonly Declaration[],
  override: OverrideDeclaration,
  reporter: Reporter,
): readonly Declaration[] {
  const node = override.declaration;
  if (node.kind === "MissingDeclaration") return declarations;
  if (isBlock(node)) return overrideBlock(declarations, node, reporter);
  if (node.kind === "Test") {
    const title = node.title.value;
    const at = declarations.findIndex((each) => each.kind === "Test" && each.title.value === title);
    if (at >= 0) return declarations.with(at, node);
    reporter.report("MTL2023", { what: `test "${title}"` }, node.title.span);
    return declarations;
  }
  const name = node.name.text;
  if (name === "") return declarations;
  const at = declarations.findIndex((each) => "name" in each && each.name.text === name && each.kind !== "Model");
  const target = declarations[at];
  if (target !== undefined) {
    if (node.kind === "Rules" && target.kind === "Rules")
      return declarations.with(at, overrideRules(target, node, reporter));
    return declarations.with(at, node);
  }
  const names = declarations.flatMap((each) => ("name" in each && each.kind !== "Model" ? [each.name.text] : []));
  reporter.report(
    "MTL2023",
    { what: `${keywordOf(node)} \`${name}\``, suggestion: suggest(name, names) },
    node.name.span,
    { help: "without `override`, it is a declaration of its own" },
  );
  return declarations;
}

function overrideBlock(declarations: readonly Declaration[], node: Block, reporter: Reporter): readonly Declaration[] {
  const at = declarations.findIndex((each) => each.kind === node.kind);
  const target = declarations[at];
  // Groups are split into their features before.
  let entries = target !== undefined && isBlock(target) ? (target.entries as readonly AnyEntry[]) : [];
  for (const entry of node.entries as readonly AnyEntry[]) {
    const key = keyOf(entry);
    const place = entries.findIndex((each) => keyOf(each) === key);
    if (place >= 0) entries = entries.with(place, entry);
    else if (key !== "")
      reporter.report(
        "MTL2023",
        { what: `\`${key}\` in \`${keywordOf(node)}\``, suggestion: suggest(key, entries.map(keyOf)) },
        entry.kind === "Entry" ? entry.key.span : entry.name.span,
        { help: `without \`override\`, \`${keywordOf(node)} { … }\` adds entries` },
      );
  }
  if (target === undefined || !isBlock(target)) return declarations;
  // The entries are those of the target's own kind, some of them replaced by entries of the same.
  return declarations.with(at, withEntries(target, entries as never));
}

function overrideRules(target: RulesBlock, node: RulesBlock, reporter: Reporter): RulesBlock {
  let rules = target.rules;
  for (const rule of node.rules) {
    if (rule.kind !== "Rule" || rule.name.text === "") continue;
    const place = rules.findIndex((each) => each.kind === "Rule" && each.name.text === rule.name.text);
    if (place >= 0) rules = rules.with(place, rule);
    else
      reporter.report(
        "MTL2023",
        {
          what: `rule \`${rule.name.text}\` in \`${node.name.text}\``,
          suggestion: suggest(rule.name.text, ruleNames(rules)),
        },
        rule.name.span,
      );
  }
  return { ...target, rules };
}

function ruleNames(rules: RulesBlock["rules"]): readonly string[] {
  return rules.filter((rule): rule is Rule => rule.kind === "Rule").map((rule) => rule.name.text);
}

/** `remove tower t`, `remove loss ctr`, `remove rules home.double11`. What is not there is reported. */
function applyRemoval(
  declarations: readonly Declaration[],
  removal: RemoveDeclaration,
  reporter: Reporter,
): readonly Declaration[] {
  const keyword = removal.keyword.text;
  const [name, inner] = removal.path;
  if (keyword === "" || name === undefined || name.text === "") return declarations;
  const block = declarations.findIndex((each) => isBlock(each) && keywordOf(each) === keyword);
  const target = declarations[block];
  if (target !== undefined && isBlock(target)) {
    const kept = (target.entries as readonly AnyEntry[]).filter((entry) => keyOf(entry) !== name.text);
    if (kept.length < target.entries.length) return declarations.with(block, withEntries(target, kept as never));
    reporter.report(
      "MTL2024",
      {
        what: `\`${name.text}\` in \`${keyword}\``,
        suggestion: suggest(name.text, (target.entries as readonly AnyEntry[]).map(keyOf)),
      },
      name.span,
    );
    return declarations;
  }
  const at = declarations.findIndex(
    (each) => "name" in each && keywordOf(each) === keyword && each.name.text === name.text,
  );
  const found = declarations[at];
  if (found?.kind === "Rules" && inner !== undefined) {
    const kept = found.rules.filter((rule) => rule.kind !== "Rule" || rule.name.text !== inner.text);
    if (kept.length < found.rules.length) return declarations.with(at, { ...found, rules: kept });
    reporter.report(
      "MTL2024",
      { what: `rule \`${inner.text}\` in \`${name.text}\``, suggestion: suggest(inner.text, ruleNames(found.rules)) },
      inner.span,
    );
    return declarations;
  }
  if (found !== undefined) return declarations.filter((_, i) => i !== at);
  const names = declarations.flatMap((each) => ("name" in each && keywordOf(each) === keyword ? [each.name.text] : []));
  reporter.report("MTL2024", { what: `${keyword} \`${name.text}\``, suggestion: suggest(name.text, names) }, name.span);
  return declarations;
}
