/** The variables of a module as its attributes: linear maps where they are nothing else, parameters and buffers. */
import type { GraphFunction, Initializer, StateVariable, ValueId } from "../../graph/index.js";
import type { ForwardView } from "./forward-view.js";
import { attribute, glorotFans, initialValue, localName, type Placement, stemOf } from "./parameters.js";
import { atom, call, type Expr, level, method, print } from "./python.js";
import type { Nodes, Raised } from "./raised.js";

/** The model as training sees it, and as serving does. */
export interface Views {
  readonly training: ForwardView;
  readonly served: ForwardView;
}

/** How the linear maps of a part are found in its function: weight by bias, each used for nothing else. */
interface LinearMap {
  readonly weight: StateVariable;
  readonly bias?: StateVariable;
  readonly attribute: string;
}

function linearMaps(views: Views, variables: readonly StateVariable[], owner: string): ReadonlyMap<string, LinearMap> {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const maps = new Map<string, LinearMap>();
  for (const variable of variables) {
    if (variable.type.shape.length !== 2 || variable.pieces.length !== 1 || variable.role !== "parameter") continue;
    const found = [views.training.fn, views.served.fn].map((fn) => usesOf(fn, variable.name));
    const uses = found.flat();
    if (uses.length === 0 || uses.some((use) => use === undefined)) continue;
    const biases = new Set(uses.map((use) => use?.bias));
    const [bias] = biases;
    if (biases.size !== 1) continue;
    const biasVariable = bias === undefined ? undefined : byName.get(bias);
    if (bias !== undefined && (biasVariable === undefined || biasVariable.type.shape.length !== 1)) continue;
    if (bias !== undefined && ![views.training.fn, views.served.fn].every((fn) => biasOnly(fn, bias))) continue;
    maps.set(variable.name, {
      weight: variable,
      ...(biasVariable === undefined ? {} : { bias: biasVariable }),
      attribute: stemOf(variable.name, owner),
    });
  }
  return maps;
}

interface LinearUse {
  readonly bias: string | undefined;
}

/** How a function uses a variable: as the right side of products of which all get the same bias, or otherwise. */
function usesOf(fn: GraphFunction, name: string): readonly (LinearUse | undefined)[] {
  const id = fn.nodes.findIndex((node) => node.op === "state" && node.attributes.name === name);
  if (id < 0) return [];
  return fn.nodes.flatMap((node, product): readonly (LinearUse | undefined)[] => {
    if (!node.inputs.includes(id) || isLoss(node.label)) return [];
    if (node.op !== "matmul" || node.inputs[0] === id || node.attributes.transposeA || node.attributes.transposeB)
      return [undefined];
    const readers = fn.nodes.filter(({ inputs }) => inputs.includes(product));
    const [reader] = readers;
    const bias = reader?.op === "add" && readers.length === 1 ? fn.nodes[reader.inputs[1] ?? -1] : undefined;
    return [{ bias: bias?.op === "state" && bias.type.shape.length === 1 ? bias.attributes.name : undefined }];
  });
}

function biasOnly(fn: GraphFunction, name: string): boolean {
  const id = fn.nodes.findIndex((node) => node.op === "state" && node.attributes.name === name);
  return (
    id < 0 ||
    fn.nodes.filter(({ inputs, label }) => inputs.includes(id) && !isLoss(label)).every(({ op }) => op === "add")
  );
}

export function isLoss(label: string | undefined): boolean {
  return label !== undefined && /^(?:loss|penalty)\//.test(label);
}

/** Calls of linear maps in place of products and sums. */
function linearModules(fn: GraphFunction, maps: ReadonlyMap<string, LinearMap>, path: (map: LinearMap) => string) {
  const stateName = (id: ValueId | undefined): string | undefined => {
    const node = fn.nodes[id ?? -1];
    return node?.op === "state" ? node.attributes.name : undefined;
  };
  return (_nodes: Nodes, id: ValueId): Raised | undefined => {
    const node = fn.nodes[id];
    const product = node?.op === "add" ? fn.nodes[node.inputs[0] ?? -1] : node;
    if (product?.op !== "matmul") return undefined;
    const map = maps.get(stateName(product.inputs[1]) ?? "");
    if (map === undefined) return undefined;
    const bias = node?.op === "add" ? stateName(node.inputs[1]) : undefined;
    if (node?.op === "add" ? bias === undefined || bias !== map.bias?.name : map.bias !== undefined) return undefined;
    return {
      inputs: [product.inputs[0] ?? -1],
      hint: /^(?:layer_[\d_]*|linear)$/.test(map.attribute) ? "hidden" : map.attribute.replace(/^layer_[\d_]*_/, ""),
      build: ([x]) => call(path(map), [x ?? atom("None")]),
    };
  };
}

/** `self.NAME = …` of every variable, and where it is kept. `prefix`: of the keys in the state dict. */
export interface Attributes {
  readonly lines: readonly string[];
  readonly placements: readonly Placement[];
  readonly maps: ReadonlyMap<string, LinearMap>;
  /** A variable as the module itself reads it. */
  readonly state: (name: string) => Expr;
  readonly module: (fn: GraphFunction) => (nodes: Nodes, id: ValueId) => Raised | undefined;
}

export function createAttributes(
  views: Views,
  variables: readonly StateVariable[],
  owner: string,
  prefix: string,
  nameOf: (variable: StateVariable, fallback: string) => string = (_, fallback) => fallback,
): Attributes {
  const found = linearMaps(views, variables, owner);
  const maps = new Map(
    [...found].map(([name, map]) => [name, { ...map, attribute: nameOf(map.weight, map.attribute) }]),
  );
  const biases = new Map(
    [...maps.values()].flatMap((map) => (map.bias === undefined ? [] : [[map.bias.name, map] as const])),
  );
  const lines: string[] = [];
  const placements: Placement[] = [];
  const states = new Map<string, Expr>();
  for (const variable of variables) {
    const map = maps.get(variable.name);
    const biasOf = biases.get(variable.name);
    const shape = variable.type.shape.map(Number);
    if (map !== undefined) {
      lines.push(...linearLines(map));
      placements.push({ variable, key: `${prefix}${map.attribute}.weight`, transposed: true, shape });
      states.set(variable.name, atom(`self.${map.attribute}.weight.T`));
    } else if (biasOf !== undefined) {
      placements.push({ variable, key: `${prefix}${biasOf.attribute}.bias`, transposed: false, shape });
      states.set(variable.name, atom(`self.${biasOf.attribute}.bias`));
    } else {
      const name = nameOf(variable, localName(variable.name, owner));
      lines.push(...ownLines(variable, name));
      placements.push({ variable, key: `${prefix}${name}`, transposed: false, shape });
      states.set(variable.name, atom(`self.${name}`));
    }
  }
  return {
    lines,
    placements,
    maps,
    state: (name) => states.get(name) ?? atom(`self.${attribute(name)}`),
    module: (fn) => linearModules(fn, maps, (map) => `self.${map.attribute}`),
  };
}

/** A linear map with its first values, where those are not the ones of `linear`. */
function linearLines(map: LinearMap): readonly string[] {
  const expr = linearExpr(map);
  const lines = [...print(`self.${map.attribute} = `, expr, 8)];
  const [inputs = 0, units = 0] = map.weight.type.shape.map(Number);
  const start = map.weight.pieces[0]?.initializer;
  if (start !== undefined && glorotFans(start) !== inputs + units)
    lines.push(...print(`self.${map.attribute}.weight.data = `, weightValue(start, inputs, units), 8));
  const bias = map.bias?.pieces[0]?.initializer;
  if (bias !== undefined && !(bias.kind === "constant" && bias.value === 0))
    lines.push(...print(`self.${map.attribute}.bias.data = `, initialValue(bias, [units]), 8));
  return lines;
}

/** First values as [out, in]; those that are drawn are as good in either order. */
function weightValue(start: Initializer, inputs: number, units: number): Expr {
  return start.kind === "diagonal"
    ? method(initialValue(start, [inputs, units]), "t")
    : initialValue(start, [units, inputs]);
}

function linearExpr({ weight, bias }: LinearMap): Expr {
  const sizes = weight.type.shape.map(String);
  return call("linear", [...sizes, ...(bias === undefined ? ["bias=False"] : [])]);
}

function ownLines(variable: StateVariable, name: string): readonly string[] {
  const shape = variable.type.shape.map(Number);
  const values = variable.pieces.map(({ initializer, rows }) => initialValue(initializer, [rows, ...shape.slice(1)]));
  const [first = atom("None")] = values;
  const isOne = shape.length === 0 || values.every(({ text }) => text === first.text);
  const value =
    isOne && variable.pieces[0] !== undefined
      ? initialValue(variable.pieces[0].initializer, shape)
      : call("torch.cat", [
          {
            text: `[${values.map(({ text }) => text).join(", ")}]`,
            level: level.atom,
            brackets: { open: "[", items: values, close: "]" },
          },
        ]);
  return variable.role === "parameter"
    ? print(`self.${name} = `, call("nn.Parameter", [value]), 8)
    : print("", call("self.register_buffer", [JSON.stringify(name), value]), 8);
}
