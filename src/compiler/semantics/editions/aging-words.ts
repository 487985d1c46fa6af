/**
 * Words on their way out, in one file's tree: each is replaced by the word that means the same, so that the checker knows
 * current words only, and reported by the rules of the file's edition: a warning once it is deprecated, an error once it is
 * removed, both with the fix.
 */
import type { Reporter } from "../../diagnostics/index.js";
import { phaseIn, type Edition } from "../../editions/index.js";
import type { AnyNode, Argument, CallExpression, Declaration, Entry, Name, Spec } from "../../syntax/index.js";
import { visit } from "../../syntax/index.js";
import { replaceIn } from "../expand/tree.js";
import type { AgingWord, Language } from "./language.js";

/**
 * A file with current words. `declared` are the names that the files of the spec declare, which go before words of the
 * language; `text` is the file's text. The same tree when it has no word that is on its way out.
 */
export function replaceAgingWords(
  spec: Spec,
  text: string,
  edition: Edition,
  declared: ReadonlySet<string>,
  language: Language,
  reporter: Reporter,
): Spec {
  if (language.words.length === 0) return spec;
  const at = language.target ?? edition;
  const find = (position: AgingWord["position"], word: string, of?: string): AgingWord | undefined =>
    language.words.find((each) => each.position === position && each.word === word && each.of === of);
  const replaced = (name: Name, word: AgingWord | undefined): Name => {
    if (word === undefined) return name;
    report(word, name, at, reporter);
    return word.now === undefined ? name : { ...name, text: word.now };
  };
  const call = (node: CallExpression): CallExpression => {
    const { callee } = node;
    const current = declared.has(callee.text) ? callee : replaced(callee, find("callee", callee.text));
    const given = node.arguments.map((argument): Argument => {
      if (argument.name === undefined) return argument;
      const name = replaced(argument.name, find("option", argument.name.text, current.text));
      return name === argument.name ? argument : { ...argument, name };
    });
    const isSame = current === callee && given.every((argument, i) => argument === node.arguments[i]);
    return isSame ? node : { ...node, callee: current, arguments: given };
  };
  const bare = (name: Name): Name => (declared.has(name.text) ? name : replaced(name, find("callee", name.text)));
  const declarations = spec.declarations.map((node) => {
    reportKeyword(node, text, find, at, reporter);
    return renameValues(replaceIn(node, { call }), bare);
  });
  return declarations.some((node, i) => node !== spec.declarations[i]) ? { ...spec, declarations } : spec;
}

/** The names that files declare: what is before a definition, a colon or a body. */
export function declaredNames(files: Iterable<Spec>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const spec of files)
    visit(spec as AnyNode, (node) => {
      if ("name" in node && node.kind !== "Argument" && node.kind !== "NameExpression" && isName(node.name))
        names.add(node.name.text);
    });
  return names;
}

function isName(value: unknown): value is Name {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "Name";
}

/** A built-in without arguments is a bare name: the value of an entry, `ctr: bce`, or an operand of it, `2 * bce`. */
function renameValues(node: Declaration, bare: (name: Name) => Name): Declaration {
  if (node.kind === "Override") {
    const declaration = renameValues(node.declaration, bare) as typeof node.declaration;
    return declaration === node.declaration ? node : { ...node, declaration };
  }
  if (node.kind !== "Loss" && node.kind !== "Train") return node;
  const entries = node.entries.map((entry): Entry =>
    replaceIn(entry, {
      name: (expression) => {
        const name = bare(expression.name);
        return name === expression.name ? undefined : { ...expression, name };
      },
    }),
  );
  return entries.every((entry, i) => entry === node.entries[i]) ? node : { ...node, entries };
}

/** The first word of a declaration: the parser knows the old one as well, so that there is only something to say. */
function reportKeyword(
  node: Declaration,
  text: string,
  find: (position: AgingWord["position"], word: string) => AgingWord | undefined,
  at: Edition,
  reporter: Reporter,
): void {
  const { file, start } = (node.kind === "Override" ? node.declaration : node).span;
  const word = /^\w+/.exec(text.slice(start, start + 64))?.[0] ?? "";
  const found = find("declaration", word);
  if (found !== undefined)
    report(found, { kind: "Name", text: word, span: { file, start, end: start + word.length } }, at, reporter);
}

function report(word: AgingWord, { span }: Name, at: Edition, reporter: Reporter): void {
  const phase = phaseIn(at, word);
  if (phase === "valid") return;
  const { word: old, now, instead = `write \`${now ?? ""}\`` } = word;
  const fixes =
    now === undefined ? [] : [{ title: `write \`${now}\``, edits: [{ span, newText: now }], safe: true as const }];
  if (phase === "deprecated")
    reporter.report("MTL1022", { word: old, since: word.since, instead, removed: word.removed }, span, { fixes });
  else reporter.report("MTL1023", { word: old, removed: word.removed ?? at, instead }, span, { fixes });
}
