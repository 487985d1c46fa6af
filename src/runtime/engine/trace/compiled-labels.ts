/**
 * Where the ops of a function that XLA has compiled come from. XLA fuses, renames and reorders; what it leaves is a text of the module
 * in which most instructions name the node of TensorFlow that they compute, and that node has a label of the program.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What an instruction of a compiled module computes. */
export interface CompiledOp {
  /** TensorFlow's kind of op, such as `MatMul`. */
  readonly type: string;
  /** The node of TensorFlow, as `body/gradient/pool_5`. */
  readonly node: string;
}

/** By the name of a module, then of an instruction. */
export type CompiledOps = ReadonlyMap<string, ReadonlyMap<string, CompiledOp>>;

/**
 * Has XLA write its modules while `work` runs, into a folder that is gone afterwards. XLA reads this once in a process, before it first
 * compiles: call it before the native engine is chosen.
 */
export async function withDumpedModules<T>(
  work: () => Promise<T>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-xla-"));
  const before = environment["XLA_FLAGS"];
  environment["XLA_FLAGS"] = `${before ?? ""} --xla_dump_to=${folder} --xla_dump_hlo_as_text`.trim();
  try {
    return await work();
  } finally {
    if (before === undefined) delete environment["XLA_FLAGS"];
    else environment["XLA_FLAGS"] = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The modules that XLA has written where the environment tells it to; none that it compiled before it was told. */
export function dumpedModules(environment: NodeJS.ProcessEnv = process.env): CompiledOps {
  // Of an option that is given twice, XLA takes the last.
  const folder = [...(environment["XLA_FLAGS"] ?? "").matchAll(/--xla_dump_to=(\S+)/g)].at(-1)?.[1];
  return folder === undefined || !existsSync(folder) ? new Map() : readModules(folder);
}

/** `module_0013.train_compiled__.16.cpu_after_optimizations.txt`: the module as it runs. */
const moduleFile = /^module_\d+\.(.+)\.cpu_after_optimizations\.txt$/;

function readModules(folder: string): CompiledOps {
  const files = readdirSync(folder).flatMap((file) => {
    const [, module] = moduleFile.exec(file) ?? [];
    return module === undefined ? [] : [{ module, text: readFileSync(join(folder, file), "utf8") }];
  });
  return new Map(files.map(({ module, text }) => [module, readModule(text)]));
}

/** The instructions of a module's text that say what they compute, or that call a computation whose result says it. */
export function readModule(text: string): ReadonlyMap<string, CompiledOp> {
  const found = new Map<string, CompiledOp>();
  const calls = new Map<string, string>();
  const roots = new Map<string, string>();
  let computation = "";
  for (const line of text.split("\n")) {
    const [, opened] = /^(?:ENTRY )?%?([\w.-]+) \(/.exec(line) ?? [];
    if (opened !== undefined) computation = opened;
    const [, root, name] = /^\s+(ROOT )?%?([\w.-]+) = /.exec(line) ?? [];
    if (name === undefined) continue;
    if (root !== undefined) roots.set(computation, name);
    const [, type, node] = /metadata=\{op_type="([^"]*)" op_name="([^"]*)"/.exec(line) ?? [];
    const [, called] = /(?:calls|to_apply|body)=%?([\w.-]+)/.exec(line) ?? [];
    if (type !== undefined && node !== undefined) found.set(name, { type, node });
    else if (called !== undefined) calls.set(name, called);
  }
  for (const [name, called] of calls) {
    const root = found.get(roots.get(called) ?? "");
    if (root !== undefined) found.set(name, root);
  }
  return found;
}
