/**
 * What fragments in the documentation build on: a small shop. A fragment declares what it is about; everything else that
 * it names comes from here, and what it declares itself is left out of this file.
 */
import { parse, type Declaration } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";

/** Entries of blocks by their keys, then whole declarations by their names. */
const blocks: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  data: { group: "user_id" },
  features: {
    user_id: "categorical(hash: 1_000_000, embed: 16)",
    item_id: "categorical(hash: 1_000_000, embed: 16)",
    price: "numeric(scale: log1p_standard)",
    hour: "bucket(boundaries: [6, 12, 18], embed: 4)",
    tags: "bag(vocab: 5_000)",
    position: "categorical(vocab: 100, embed: 4, serving: none)",
  },
  labels: {
    click: "event",
    buy: "event within click",
    stay: "amount(seconds) within click",
  },
  attributes: {
    item_price: "number(yuan) >= 0",
    brand: "text",
    category: "text",
    campaign: "text?",
    listed_at: "time",
    quality: "number in [0, 1]",
  },
  params: { alpha: "0.05 in [0, 1]", beta: "1 in [0, 10]", a: "0.5 in [0, 2]" },
};

const declarations: Readonly<Record<string, string>> = {
  x: "input x = [user_id, item_id, price, hour, tags]",
  base: "bottom base = mlp(x, [64])",
  t_ctr: "tower t_ctr = mlp(base, [16])",
  t_cvr: "tower t_cvr = mlp(base, [16])",
  ctr: "task ctr: P(click) = sigmoid(logit(t_ctr))",
  cvr: "task cvr: P(buy | click) = sigmoid(logit(t_cvr))",
  stay: "task stay: E(stay | click) = softplus(logit(base))",
  ctcvr: "chain ctcvr = ctr * cvr",
  score: "fusion score = ctr * (alpha + cvr) * (beta + item_price)",
};

/** The text of the file that a fragment is put on. */
export function baseFor(fragment: string): string {
  const { spec } = parse(createSourceFile("fragment.mtl", fragment));
  const own = spec.declarations.map((node) => (node.kind === "Override" ? node.declaration : node));
  const overridden = new Set(
    spec.declarations.flatMap((node) => (node.kind === "Override" ? namesIn(node.declaration) : [])),
  );
  const declared = new Set(own.flatMap(namesIn).filter((name) => !overridden.has(name)));
  const entries = Object.entries(blocks).map(([word, all]) => {
    const taken = new Set(
      own.flatMap((node) => (node.kind.toLowerCase() === word && "entries" in node ? node.entries.map(keyOf) : [])),
    );
    const kept = Object.entries(all).filter(([key]) => !taken.has(key) && !declared.has(`${word}:${key}`));
    return `${word} { ${kept.map(([key, value]) => `${key}: ${value}`).join(", ")} }`;
  });
  const kept = Object.entries(declarations).filter(([name]) => !declared.has(name));
  return [...entries, ...kept.map(([, text]) => text)].join("\n");
}

function keyOf(entry: { readonly key?: { readonly text: string }; readonly name?: { readonly text: string } }): string {
  return entry.key?.text ?? entry.name?.text ?? "";
}

function namesIn(node: Declaration | { readonly kind: "MissingDeclaration" }): readonly string[] {
  switch (node.kind) {
    case "Network":
    case "Family":
    case "Gates":
    case "Experts":
    case "Gate":
    case "Task":
    case "Chain":
    case "Fusion":
      return [node.name.text];
    case "Signals":
      return node.entries.map((entry) => entry.name.text);
    default:
      return [];
  }
}
