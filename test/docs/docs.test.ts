import { fileFormatNames } from "../../src/compiler/formats/index.js";
import { formulaFunctions } from "../../src/compiler/functions/index.js";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { activationNames } from "../../src/compiler/builtins/activations/index.js";
import {
  balances,
  families,
  gates,
  initializers,
  layers,
  losses,
  optimizers,
  penalties,
  schedules,
} from "../../src/compiler/builtins/index.js";
import { catalogue } from "../../src/compiler/diagnostics/index.js";
import { metricNames, metrics } from "../../src/compiler/metrics/index.js";
import { weighted } from "../../src/compiler/metrics/parameters.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { calendarUnits, type ServingModel, type TestModel } from "../../src/compiler/model/serving.js";
import { compileSpec, type Compilation } from "../../src/compiler/compile.js";
import {
  activations,
  type ArgumentSpec,
  type ArgumentType,
  columnFunctions,
  dataKeys,
  defaultOptions,
  describeArgumentType,
  featureKindNames,
  featureKinds,
  formatSpecs,
  logitWords,
  parameterGroups,
  sampleSpecs,
  splitSpecs,
  stopSpecs,
  trainKeys,
} from "../../src/compiler/semantics/index.js";
import { runTest, type TestResult } from "../../src/compiler/serving/index.js";
import { clauseNames, ruleVerbs, ruleWords } from "../../src/compiler/rules/index.js";
import { declarationWords } from "../../src/compiler/syntax/index.js";
import { reservedWords } from "../../src/compiler/text/index.js";
import { createFileHost } from "../../src/runtime/specs/load-spec.js";
import { lexerTokens } from "../../src/compiler/syntax/tokens.js";
import { baseFor } from "./base-spec.js";
import { anchorOf, codeWords, type Fence, pageCalled, proseOf, readPages, root, rowOf, sectionsOf } from "./pages.js";

const optionsOfKinds = Object.fromEntries(Object.entries(featureKinds).map(([name, { options }]) => [name, options]));

/**
 * What the pages say is true: their specs compile as they claim to, they name everything that the compiler knows, with
 * its default, and their links lead somewhere.
 *
 * A block ```` ```mtl ```` is a whole spec. Words after it say otherwise: `fragment` builds on the shop of `base-spec.ts`;
 * `error CODE` and `warning CODE` is what the compiler has to say of it; `file NAME` gives later blocks of the page a file.
 */
const pages = readPages();
const language = pageCalled(pages, "docs/language.md");
const sections = sectionsOf(language);

function wordAfter(fence: Fence, word: string): string | undefined {
  const at = fence.words.indexOf(word);
  return at < 0 ? undefined : fence.words[at + 1];
}

/** The specs of the repository: a block that shows one of them reads the files beside it. */
const shipped = readdirSync(join(root, "specs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".mtl"))
  .map((name) => join(root, "specs", name));

/** The block as a spec, with the files that blocks above it give. */
function compileFence(fence: Fence, above: readonly Fence[]): Compilation {
  const path = shipped.find((each) => readFileSync(each, "utf8") === fence.text);
  if (path !== undefined) return compileSpec(path, createFileHost());
  const files: Record<string, string> = {};
  for (const each of [...above, fence]) {
    const name = wordAfter(each, "file");
    if (name !== undefined) files[name] = each.text;
  }
  const main = wordAfter(fence, "file") ?? "page.mtl";
  files[main] = fence.text;
  if (fence.words.includes("fragment")) {
    files["base.mtl"] = baseFor(fence.text);
    files[main] = `model page\nimport "./base.mtl"\n${fence.text}`;
  }
  return compileSpec(main, createMemoryHost(files));
}

function runTests(serving: ServingModel, tests: readonly TestModel[] = []): readonly TestResult[] {
  return tests.map((each) => runTest(serving, each));
}

describe("specs in the pages", () => {
  for (const page of pages) {
    const specs = page.fences.filter((fence) => fence.language === "mtl");
    specs.forEach((fence, i) => {
      it(`${page.path}:${fence.line} ${fence.words.join(" ")}`, () => {
        const { diagnostics, model } = compileFence(fence, specs.slice(0, i));
        const shown = diagnostics.map(({ code, severity, message }) => `${severity} ${code}: ${message}`);
        const error = wordAfter(fence, "error");
        const warning = wordAfter(fence, "warning");
        if (error !== undefined) {
          expect(shown.filter((line) => line.startsWith("error"))).toEqual([expect.stringContaining(error)]);
          return;
        }
        expect(shown.filter((line) => line.startsWith("error"))).toEqual([]);
        for (const { title, passed } of model?.serving === undefined ? [] : runTests(model.serving, model.tests))
          expect(passed, title).toBe(true);
        if (warning !== undefined) expect(shown.join("\n")).toContain(warning);
        // A fragment may declare what nothing reads.
        else if (fence.words.includes("fragment"))
          expect(shown.filter((line) => !/MTL600[1-8]/.test(line))).toEqual([]);
        else if (fence.words.length === 0) {
          expect(shown).toEqual([]);
          expect(model).toBeDefined();
        }
      });
    });
  }

  it("use words after ```mtl that mean something", () => {
    const known = /^(fragment|(error|warning) MTL\d{4}|file [\w./-]+)*$/;
    for (const { fences } of pages)
      for (const { language: name, words, page, line } of fences)
        if (name === "mtl") expect(words.join(" ").replace(/(?<=fragment) /, ""), `${page}:${line}`).toMatch(known);
  });
});

describe("language.md names what the compiler knows", () => {
  const words = codeWords(language);
  const tables: Readonly<Record<string, readonly string[]>> = {
    declarations: declarationWords,
    "reserved words": [...reservedWords],
    words: lexerTokens.flatMap(({ PATTERN: word }) => (typeof word === "string" && /^\w+$/.test(word) ? [word] : [])),
    "keys of data": dataKeys.map(({ name }) => name),
    "keys of train": trainKeys.map(({ name }) => name),
    "file formats": fileFormatNames,
    "kinds of features": featureKindNames,
    "functions of columns": Object.keys(columnFunctions),
    layers: layers.map(({ name }) => name),
    "family layers": families.map(({ name }) => name),
    gates: gates.map(({ name }) => name),
    losses: losses.map(({ name }) => name),
    penalties: penalties.map(({ name }) => name),
    balances: balances.map(({ name }) => name),
    "groups of parameters": parameterGroups,
    "activations of units": activationNames,
    "activations of tasks": activations,
    logits: logitWords,
    optimizers: optimizers.map(({ name }) => name),
    schedules: schedules.map(({ name }) => name),
    "first values": initializers.map(({ name }) => name),
    metrics: metricNames,
    "functions of formulas": Object.keys(formulaFunctions),
    "verbs of rules": ruleWords,
    "options of rules": Object.values(ruleVerbs).flatMap(({ options }) => Object.keys(options)),
    "calendar units": calendarUnits,
  };
  it.each(Object.entries(tables))("%s", (_, names) => {
    expect(names.filter((name) => !words.has(name))).toEqual([]);
  });
});

/** The section of a heading such as `` `mlp` `` or `` `mlp`, `linear` ``. */
function sectionOf(kind: string, name: string): (typeof sections)[number] | undefined {
  const parent = sections.find(({ title }) => title === kind);
  const inside = sectionsOf({ ...language, text: (parent?.lines ?? []).join("\n") });
  return inside.find(({ title }) => title.split(", ").includes(`\`${name}\``));
}

/** A default as the pages write it. */
function showDefault({ default: value }: ArgumentSpec): string {
  if (value === undefined) return "required";
  if (value === null) return "none";
  if (value === "\t") return "tab";
  if (Array.isArray(value)) return `\`${JSON.stringify(value)}\``;
  return typeof value === "string" && /\W/.test(value) ? `\`"${value}"\`` : `\`${String(value)}\``;
}

function expectRows(
  section: (typeof sections)[number] | undefined,
  name: string,
  parameters: readonly { readonly name: string; readonly type: ArgumentType }[],
): void {
  expect(section, `a section on ${name}`).toBeDefined();
  for (const parameter of parameters) {
    const row = section === undefined ? undefined : rowOf(section, parameter.name);
    expect(row?.slice(0, 3), `${name}: ${parameter.name}`).toEqual([
      `\`${parameter.name}\``,
      describeArgumentType(parameter.type),
      showDefault(parameter),
    ]);
  }
}

describe("language.md gives every parameter with its type and default", () => {
  const kinds = {
    Layers: layers.filter(({ name }) => name !== "feature"),
    "Family layers": families,
    Gates: gates,
    Losses: losses,
    Penalties: penalties,
    Balances: balances,
    Optimizers: optimizers,
    Schedules: schedules,
  };
  for (const [kind, table] of Object.entries(kinds))
    it.each(table.map(({ name, parameters }) => ({ name, parameters })))(`${kind}: $name`, ({ name, parameters }) => {
      expectRows(sectionOf(kind, name), name, parameters);
    });

  it.each(table(optionsOfKinds))("feature: $name", ({ name, parameters }) => {
    expectRows(sectionOf("Features", name), name, parameters);
  });

  it("files, splits and early stopping", () => {
    const csv = formatSpecs({ format: "csv", options: defaultOptions("csv") });
    expectRows(sectionOf("Data", "csv"), "csv", csv);
    expectRows(sectionOf("Data", "split"), "split", splitSpecs);
    expectRows(sectionOf("Data", "negatives"), "negatives", sampleSpecs);
    expectRows(sectionOf("Training", "early"), "early", stopSpecs);
  });

  it.each(Object.entries(ruleVerbs))("rule: %s", (verb, row) => {
    const { required, optional } = clauseNames(row);
    const section = sections.find(({ title }) => title === "Rules");
    const line = section === undefined ? undefined : rowOf(section, verb);
    const shown = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
    expect(line?.slice(2)).toEqual([shown(required), shown(optional), shown(Object.keys(row.options))]);
  });

  it.each(metrics.map((metric) => [metric.name, metric] as const))(
    "metric: %s",
    (name, { heads, better, parameters }) => {
      const section = sections.find(({ title }) => title === "Metrics");
      const [own, shared] = [
        parameters.filter((each) => each !== weighted),
        parameters.filter((each) => each === weighted),
      ];
      expect(shared, "every metric has it").toHaveLength(1);
      const shown = own.map((parameter) => {
        const { default: value } = parameter;
        if (value === undefined) return `\`${parameter.name}\` (required)`;
        return value === null ? `\`${parameter.name}\`` : `\`${parameter.name}: ${String(value)}\``;
      });
      expect(section === undefined ? undefined : rowOf(section, name)?.slice(0, 4)).toEqual([
        `\`${name}\``,
        heads.join(", "),
        better,
        shown.join(", "),
      ]);
      for (const parameter of parameters)
        expect(section === undefined ? undefined : rowOf(section, parameter.name), parameter.name).toBeDefined();
    },
  );

  it("keys of train", () => {
    const section = sections.find(({ title }) => title === "Training");
    for (const key of trainKeys) {
      const row = section === undefined ? undefined : rowOf(section, key.name);
      expect(row?.[1], key.name).toBe(`\`${key.default}\``);
    }
  });
});

function table(
  specs: Readonly<Record<string, readonly ArgumentSpec[]>>,
): readonly { readonly name: string; readonly parameters: readonly ArgumentSpec[] }[] {
  return Object.entries(specs).map(([name, parameters]) => ({ name, parameters }));
}

it("training.md names every variable of the environment that is ours", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const read = files.flatMap((name) => readFileSync(join(root, "src", name), "utf8").match(/MTLC_[A-Z_]+/g) ?? []);
  const words = codeWords(pageCalled(pages, "docs/training.md"));
  expect(read).toContain("MTLC_ENGINE");
  expect([...new Set(read)].filter((name) => !words.has(name))).toEqual([]);
});

describe("codes", () => {
  const known = new Map(Object.entries(catalogue).map(([code, { severity }]) => [code, severity as string]));

  it.each(pages.map(({ path }) => path))("of %s are in the catalogue", (path) => {
    const named = pageCalled(pages, path).text.match(/MTL\d{4}/g) ?? [];
    expect(named.filter((code) => !known.has(code))).toEqual([]);
  });

  it("of all warnings on specs are in language.md", () => {
    const section = sections.find(({ title }) => title === "Warnings");
    const text = section?.lines.join("\n") ?? "";
    const warnings = [...known].filter(([code, severity]) => severity === "warning" && code < "MTL7");
    expect(warnings.flatMap(([code]) => (text.includes(`| ${code} |`) ? [] : [code]))).toEqual([]);
  });
});

describe("links", () => {
  it("of the table of contents name every page", () => {
    const contents = pageCalled(pages, "docs/README.md").text;
    const paths = pages.map(({ path }) => path).filter((path) => /^docs\/(?!README)/.test(path));
    expect(paths.filter((path) => !contents.includes(`](${path.slice("docs/".length)})`))).toEqual([]);
  });

  it.each(pages.map(({ path }) => path))("of %s lead somewhere", (path) => {
    const page = pageCalled(pages, path);
    const broken = proseOf(page)
      .flatMap((line) => [...line.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? ""))
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = "", anchor] = target.split("#");
        const found = file === "" ? join(root, path) : join(root, dirname(path), file);
        if (!existsSync(found)) return true;
        if (anchor === undefined || !found.endsWith(".md")) return false;
        const text = readFileSync(found, "utf8");
        return !sectionsOf({ path: found, text, fences: [] }).some(({ title }) => anchorOf(title) === anchor);
      });
    expect(broken).toEqual([]);
  });
});
