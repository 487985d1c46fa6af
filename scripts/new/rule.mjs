// A new verb of rules: its row, its line in `rules/verbs/index.ts`, and a test of what it makes of some candidates.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pretty, read, withImport, withMember } from "./edit.mjs";
import { Refused } from "./refused.mjs";
import { checkWord, constantOf, fileOf } from "./word.mjs";

const folder = "src/compiler/rules";

const template = (name, constant) => `import { condition, dates, optional } from "../clauses.js";
import { missing, zone } from "../options.js";
import { verb } from "../verb.js";

export const ${constant} = verb({
  summary: "TODO: one sentence, as hover shows it.",
  example: "${name} name when condition",
  // TODO: what it says after its name; see ../clauses.js and ../options.js for what there is.
  clauses: { when: condition, during: optional(dates) },
  options: { missing: missing("keep"), zone },
  // TODO: the rule that it makes; for now what \`drop\` does. A rule of its own kind is an interface of model/serving.ts, and has a \`text\`.
  model: ({ base, clauses: { when }, options }) => ({ ...base, verb: "drop", when, unknown: options.missing }),
});
`;

const test = (name) => `import { describe, expect, it } from "vitest";
import { specText } from "../../src/compiler/describe/index.js";
import { runTest } from "../../src/compiler/serving/index.js";
import { compileText } from "../semantics/compile.js";

const spec = \`model shop

attributes {
  quality: number in [0, 1]
}

fusion score = quality

rules home {
  ${name} some when quality < 0.5
}

rank page = top 3 by score with home

test "TODO: what the rule does" {
  candidate a { quality: 0.9 }
  candidate b { quality: 0.6 }
  candidate c { quality: 0.2 }
  // TODO: the list, by hand.
  expect page == []
}
\`;

describe("${name}", () => {
  it("does what the spec's own test says", () => {
    const { model, diagnostics } = compileText(spec);
    expect(diagnostics.map(({ code, message }) => \`\${code}: \${message}\`)).toEqual([]);
    if (model?.serving === undefined) throw new Error("the spec ranks nothing");
    for (const each of model.tests ?? []) expect([each.title, runTest(model.serving, each).passed]).toEqual([each.title, true]);
  });

  it("is the same model when it is written out", () => {
    const { model, hash } = compileText(spec);
    expect(model).toBeDefined();
    if (model !== undefined) expect(compileText(specText(model)).hash).toBe(hash);
  });
});
`;

async function createRule(root, name) {
  const source = `${folder}/verbs/${fileOf(name)}.ts`;
  const testFile = `test/serving/rule-${fileOf(name)}.test.ts`;
  for (const path of [source, testFile]) if (existsSync(join(root, path))) throw new Refused(`${path} exists`);
  checkWord(root, "rule", name);
  const constant = constantOf(name);
  const index = `${folder}/verbs/index.ts`;
  const imported = withImport(read(root, index), constant, `./${fileOf(name)}.js`);
  const member = constant === name ? name : `${name}: ${constant}`;
  return {
    files: {
      [source]: await pretty(template(name, constant)),
      [index]: await pretty(withMember(imported, "verbs", member)),
      [testFile]: await pretty(test(name)),
    },
    next: [
      `fill in ${source} and ${testFile} (each TODO), until \`npx vitest run ${testFile}\` passes`,
      `add its row to the table of verbs in docs/language.md, under "Rules"`,
      "`npm run accept`, which writes the grammar for other tools, and read the changed goldens; add a line to CHANGELOG.md",
      "`npm run check`",
    ],
  };
}

export const ruleKinds = { rule: createRule };
