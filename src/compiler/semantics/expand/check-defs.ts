import type { Reporter } from "../../diagnostics/index.js";
import { visit, type DefDeclaration, type Name } from "../../syntax/index.js";
import { callWords } from "../arguments/call-words.js";

/**
 * The macros of a spec that can be expanded, the first of each name. What is wrong with a declaration is told there, and
 * not at each call: a name of the language, a parameter twice, a default that reads a parameter which comes later.
 */
export function checkDefs(
  defs: readonly DefDeclaration[],
  reporter: Reporter,
): { readonly sound: ReadonlyMap<string, DefDeclaration>; readonly broken: ReadonlySet<string> } {
  const sound = new Map<string, DefDeclaration>();
  const broken = new Set<string>();
  for (const def of defs) {
    const { text, span } = def.name;
    if (text === "" || sound.has(text) || broken.has(text)) continue;
    if (callWords.has(text)) {
      // What its calls mean cannot be told: nothing is said of them.
      reporter.report("MTL2027", { name: text }, span, { help: "give the macro another name" });
      broken.add(text);
    } else if (checkParameters(def, reporter)) sound.set(text, def);
    else broken.add(text);
  }
  return { sound, broken };
}

function checkParameters(def: DefDeclaration, reporter: Reporter): boolean {
  const seen = new Map<string, Name>();
  const all = new Set(def.parameters.map(({ name }) => name.text));
  let sound = true;
  for (const { name, default: value } of def.parameters) {
    const first = seen.get(name.text);
    if (first !== undefined && name.text !== "") {
      sound = false;
      reporter.report("MTL2002", { name: name.text, kind: "a parameter", first: "a parameter" }, name.span, {
        labels: [{ span: first.span, message: "declared here first" }],
        help: "give one of them another name",
      });
    }
    if (value !== undefined)
      visit(value, (node) => {
        if (node.kind !== "NameExpression" || !all.has(node.name.text) || seen.has(node.name.text)) return;
        sound = false;
        reporter.report("MTL2015", { parameter: name.text, read: node.name.text }, node.span, {
          help: "a default may read the parameters before its own: change their order",
        });
      });
    seen.set(name.text, name);
  }
  return sound;
}

/** The names in a macro that stand for its parameters: no other name is ever replaced by an argument. */
export function namesOfParameters(def: DefDeclaration): ReadonlySet<Name> {
  const parameters = new Set(def.parameters.map(({ name }) => name.text));
  const names = new Set<Name>();
  const collect = (node: DefDeclaration["value"]): void =>
    visit(node, (inner) => {
      if (inner.kind === "NameExpression" && parameters.has(inner.name.text)) names.add(inner.name);
    });
  collect(def.value);
  for (const parameter of def.parameters) if (parameter.default !== undefined) collect(parameter.default);
  return names;
}
