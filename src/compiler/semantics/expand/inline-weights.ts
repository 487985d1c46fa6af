/** `bce(weight: 1 + log1p(price))`: an amount that is written where a loss reads it becomes a label of its own. */
import {
  onceByNode,
  visit,
  type Argument,
  type Declaration,
  type Expression,
  type LabelEntry,
  type LabelsBlock,
  type LossBlock,
  type Name,
} from "../../syntax/index.js";
import { declaredBy } from "../names/bind.js";
import { replaceIn } from "./tree.js";

/** The declarations with such labels in their `labels` block, by the name of the head and `_weight`. */
export function nameWeights(declarations: readonly Declaration[]): readonly Declaration[] {
  if (!declarations.some((node) => node.kind === "Loss" && hasInline(node))) return declarations;
  const taken = new Set(declarations.flatMap(declaredBy).map(({ name }) => name));
  const labels: LabelEntry[] = [];
  const named = declarations.map((node) => (node.kind === "Loss" ? nameIn(node, taken, labels) : node));
  const [first] = labels;
  if (first === undefined) return declarations;
  const at = named.findIndex(({ kind }) => kind === "Labels");
  const block = named[at];
  if (block?.kind === "Labels") return named.with(at, { ...block, entries: [...block.entries, ...labels] });
  const made: LabelsBlock = { kind: "Labels", entries: labels, span: first.span };
  return [...named, made];
}

function nameIn(block: LossBlock, taken: Set<string>, labels: LabelEntry[]): LossBlock {
  const entries = block.entries.map((entry) => {
    const value = replaceIn(entry.value, {
      call: (call) => {
        const given = call.arguments.map((argument): Argument => {
          if (!isInline(argument)) return argument;
          const label = labelOf(entry.key.text, argument.value, taken);
          labels.push(label);
          return { ...argument, value: { kind: "NameExpression", name: label.name, span: argument.value.span } };
        });
        return given.some((argument, i) => argument !== call.arguments[i]) ? { ...call, arguments: given } : undefined;
      },
    });
    return value === entry.value ? entry : { ...entry, value };
  });
  return entries.every((entry, i) => entry === block.entries[i]) ? block : { ...block, entries };
}

const hasInline = onceByNode((block: LossBlock): boolean => {
  let found = false;
  visit(block, (node) => {
    if (node.kind === "Argument" && isInline(node)) found = true;
  });
  return found;
});

function isInline({ name, value }: Argument): boolean {
  return name?.text === "weight" && ["Binary", "Unary", "Call", "Parenthesized"].includes(value.kind);
}

function labelOf(head: string, source: Expression, taken: Set<string>): LabelEntry {
  const { span } = source;
  const free = (count: number): string => {
    const text = `${head}_weight${count === 1 ? "" : `_${count}`}`;
    return taken.has(text) ? free(count + 1) : text;
  };
  const text = free(1);
  taken.add(text);
  const name: Name = { kind: "Name", text, span, derived: true };
  return { kind: "Label", name, type: { kind: "LabelType", base: "amount", span }, source, span };
}
