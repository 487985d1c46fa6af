import { describe, expect, it } from "vitest";
import { applyEdits, type TextEdit } from "../../src/compiler/diagnostics/index.js";
import { compileFiles, parseFile, type Compilation } from "../../src/compiler/compile.js";
import { ruleWords } from "../../src/compiler/rules/index.js";
import { isStdPath } from "../../src/compiler/std/index.js";
import { declarationWords, isPlainWord, renameInTree } from "../../src/compiler/syntax/index.js";
import { rootOf } from "../../src/server/analysis/analysis.js";
import { namesOf, placesOfWord, type NameIndex } from "../../src/server/analysis/names.js";
import { occurrencesOf } from "../../src/server/features/references.js";
import { renamedInPlace, renamedTexts, type RenamedFiles } from "../../src/server/features/renamed-files.js";
import { createRandom } from "../random.js";
import { compileFile, compileText } from "../semantics/compile.js";
import { sample } from "./marked.js";

const specs: readonly Compilation[] = [
  compileText(sample),
  compileText(
    "model m\nimport { mmoe } from std\nfeatures {\n  f_1 .. f_4: numeric\n  g: numeric\n}\ninput x = [f_1 .. f_4, g]\ndef small(z, w = 2) = mlp(z, [w])\nbottoms b[one, two] = small(x)\ntower t = small(b.one, w: 3)\n",
  ),
  ...[
    "specs/census/census.mtl",
    "specs/census/search.mtl",
    "specs/census/group2/ple.mtl",
    "specs/examples/feed.mtl",
    "specs/examples/home.mtl",
    "specs/examples/mall_fusion.mtl",
    "specs/examples/oversampling.mtl",
    "test/fixtures/syntax/serving.mtl",
    "test/baselines/diagnostics/names.mtl",
  ].map(compileFile),
];

/** Names that nothing has, names that mean something, and names that the specs have. */
const words = ["a_name_of_its_own", "x", "t", "f_2", "P", "member", "features", "log", "mlp", "auc", "weight"];
const ofGrammar: readonly string[] = [...declarationWords, ...ruleWords, "within", "over", "top", "by", "in"];

/** Renames of all things of a spec but those of the standard library: the edits of their names. */
function renames(compilation: Compilation, newName: string): readonly (readonly TextEdit[])[] {
  const ids = new Set([...compilation.files.keys()].flatMap((file) => idsIn(namesOf(compilation), file)));
  return [...ids]
    .filter((id) => !isStdPath(id))
    .map((id) => occurrencesOf(id, [compilation]).map(({ span }) => ({ span, newText: newName })));
}

function idsIn(names: NameIndex, file: string): readonly string[] {
  return names.inFile(file).map(({ thing }) => thing.id);
}

/** All that a rename looks at after it, with the places of the text before. */
function outcome({ files, shift }: RenamedFiles, edits: readonly TextEdit[], before: Compilation): unknown {
  const after = compileFiles(rootOf(before) ?? "", files, before.options);
  const names = namesOf(after);
  return {
    diagnostics: after.diagnostics.map(({ code, severity, message, span }) => [code, severity, message, span.file]),
    renamed: edits.map(({ span }) => {
      const found = names.at(span.file, shift(span));
      if (found === undefined) return undefined;
      const { thing, isDeclaration } = found;
      return [thing.name, thing.kind, isDeclaration, names.of(thing.id).length];
    }),
  };
}

/** A tree without its places. */
function withoutPlaces(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) => (/span$/i.test(key) ? undefined : value));
}

describe("a name in the place of another", () => {
  it("gives the tree of the renamed text wherever it gives one", () => {
    const random = createRandom(3);
    let count = 0;
    for (const compilation of specs)
      for (const [path, { text }] of compilation.sources) {
        const before = parseFile(path, text);
        if (before.diagnostics.length > 0) continue;
        for (const word of [...words, ...ofGrammar])
          for (const edits of renames(compilation, word)) {
            const places = edits.flatMap(({ span }) => (span.file === path ? [span] : []));
            if (places.length === 0 || random() > 0.3) continue;
            const tree = renameInTree(before.spec, places, word);
            if (tree === undefined) continue;
            count++;
            const { declarations } = parseFile(path, applyEdits(text, path, edits)).spec;
            expect(withoutPlaces(tree.declarations)).toBe(withoutPlaces(declarations));
          }
      }
    expect(count).toBeGreaterThan(200);
  });

  it("leaves declarations without it the same nodes", () => {
    const { spec } = parseFile("m.mtl", "input x = [a]\ntower t = mlp(x, [2])\ntower u = mlp(t, [2])\n");
    const at = { file: "m.mtl", start: 6, end: 7 };
    const tree = renameInTree(spec, [at, { ...at, start: 28, end: 29 }], "inputs");
    expect(tree?.declarations.map((node, i) => node === spec.declarations[i])).toEqual([false, false, true]);
  });

  it("is not put where the grammar may read another tree", () => {
    for (const word of [...ofGrammar, "log", "true", "1a"]) expect(isPlainWord(word), word).toBe(false);
    const { spec } = parseFile("m.mtl", 'features {\n  "a b": numeric\n  over: numeric\n}\n');
    expect(renameInTree(spec, [{ file: "m.mtl", start: 13, end: 18 }], "c")).toBeUndefined();
    expect(renameInTree(spec, [{ file: "m.mtl", start: 30, end: 34 }], "c")).toBeUndefined();
    expect(renameInTree(spec, [{ file: "m.mtl", start: 0, end: 8 }], "c")).toBeUndefined();
  });
});

describe("a rename in the trees", () => {
  it("has what the renamed texts have", () => {
    const random = createRandom(7);
    let count = 0;
    for (const compilation of specs)
      for (const word of words)
        for (const edits of renames(compilation, word)) {
          if (random() > 0.04) continue;
          const inPlace = renamedInPlace(word, edits, compilation, parseFile);
          if (inPlace === undefined) continue;
          count++;
          const texts = renamedTexts(edits, compilation, parseFile);
          expect(outcome(inPlace, edits, compilation)).toEqual(outcome(texts, edits, compilation));
        }
    expect(count).toBeGreaterThan(50);
  });

  it("is left to the texts where more than names changes", () => {
    const [compilation] = specs;
    if (compilation === undefined) return;
    const [edits = []] = renames(compilation, "clicks");
    const [first] = edits;
    expect(first).toBeDefined();
    const more = first === undefined ? [] : [...edits, { ...first, newText: " = clicks" }];
    expect(renamedInPlace("clicks", more, compilation, parseFile)).toBeUndefined();
  });
});

describe("the places of one word", () => {
  it("are those that all names have of it", () => {
    for (const compilation of specs) {
      const names = namesOf(compilation);
      for (const file of compilation.files.keys())
        for (const word of new Set(names.inFile(file).map(({ thing }) => thing.name))) {
          const places = placesOfWord(compilation, word).inFile(file);
          expect(places).toEqual(names.inFile(file).filter(({ thing }) => thing.name === word));
        }
    }
  });
});
