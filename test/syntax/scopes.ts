import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { textMateGrammar } from "../../src/compiler/syntax/pages/textmate.js";

/** The innermost scope of the TextMate grammar at each offset of a text that is not a white space. */
export type ScopesOf = (text: string) => ReadonlyMap<number, string>;

/** Loads the TextMate grammar, as an editor does. */
export async function loadScopes(): Promise<ScopesOf> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
  await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(textMateGrammar(), "mtl.json")),
  });
  const grammar = await registry.loadGrammar("source.mtl");
  if (grammar === null) throw new Error("the grammar does not load");
  return (text) => scopesIn(grammar, text);
}

function scopesIn(grammar: textmate.IGrammar, text: string): ReadonlyMap<number, string> {
  const scopes = new Map<number, string>();
  let state = textmate.INITIAL;
  let start = 0;
  for (const line of text.split("\n")) {
    const result = grammar.tokenizeLine(line, state);
    for (const token of result.tokens) {
      const scope = token.scopes.at(-1) ?? "";
      for (let at = token.startIndex; at < Math.min(token.endIndex, line.length); at++)
        if (!/\s/.test(line[at] ?? " ")) scopes.set(start + at, scope);
    }
    state = result.ruleStack;
    start += line.length + 1;
  }
  return scopes;
}
