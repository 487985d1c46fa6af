/**
 * Whether a model fits this machine, said before anything of it is allocated: a process that takes more than there is ends without
 * a word, and may end others.
 */
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { dirname, resolve } from "node:path";
import type { Program } from "../compiler/graph/graph.js";
import { stateBytes } from "../compiler/graph/initialize.js";
import { parameterTable, planEmbeddings } from "../compiler/lower/index.js";
import { hasIds, type Model } from "../compiler/model/index.js";
import { type OptimizerName, resolveOptimizer, resolveSettings } from "../compiler/graph/index.js";
import { own } from "../compiler/text/index.js";
import { type EngineName, isLarge } from "./engine/engine.js";
import { createFailure } from "./failure.js";

/** A part of a model and the bytes of its numbers: `c00` for the table of the feature `c00`. */
export interface MemoryPart {
  readonly name: string;
  readonly bytes: number;
}

/** What a job holds. */
export interface MemoryNeed {
  /** What is trained, part by part. */
  readonly parts: readonly MemoryPart[];
  /** All that is held at once, in bytes, `parts` included. */
  readonly total: number;
  /** How `total` comes about: `with Adam`, `while it is loaded`. */
  readonly when: string;
}

/** What a job needs beside a model: the runtime's own growth, batches, what a step makes. */
const working = 512 * 2 ** 20;
/** What allocators round up. */
const slack = 1.05;
/** A WebAssembly module addresses no more. */
const wasmLimit = 4 * 2 ** 30;

/** Throws a {@link Failure} (MTL7320) when the machine, or the engine, has not that much memory. */
export function checkMemory({ parts, total, when }: MemoryNeed, engine?: EngineName): void {
  // A small model fits wherever the program itself does.
  if (total <= working) return;
  const free = availableMemory();
  const isWasm = engine === "wasm" && free > wasmLimit;
  const room = Math.max(0, ((isWasm ? wasmLimit : free) - working) / slack);
  if (total <= room) return;
  const [largest] = parts.toSorted((a, b) => b.bytes - a.bytes);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  throw createFailure("MTL7320", {
    part: largest?.name ?? "",
    others: parts.filter((part) => part !== largest && part.bytes * 100 > bytes).length,
    bytes,
    total,
    when,
    free: room,
    engine: isWasm ? "wasm" : undefined,
  });
}

/**
 * The least of what the machine has free, what the group of processes that this one is in may still take, and what is left of the
 * process's own limit of addresses (`ulimit -v`); bytes.
 */
export function availableMemory(): number {
  const process_ = process as NodeJS.Process & { readonly availableMemory?: () => number };
  return Math.min(process_.availableMemory?.() ?? freemem(), leftAddresses());
}

function leftAddresses(): number {
  const read = (file: string, pattern: RegExp): number | undefined => {
    try {
      const found = pattern.exec(readFileSync(file, "utf8"))?.[1];
      return found === undefined ? undefined : Number(found);
    } catch {
      return undefined;
    }
  };
  const limit = read("/proc/self/limits", /^Max address space\s+(\d+)/m);
  const used = read("/proc/self/status", /^VmSize:\s+(\d+) kB/m);
  return limit === undefined || used === undefined ? Infinity : Math.max(0, limit - used * 1024);
}

/** What training holds: the state, and beside it new values of large tables that a step updates whole. `more`: other bytes. */
export function trainingNeed(model: Model, program: Program, more = 0): MemoryNeed {
  const large = new Map(program.state.filter(isLarge).map((variable) => [variable.name, variable]));
  const updates = program.functions.flatMap((fn) => fn.updates);
  const whole = updates.flatMap(({ kind, state }) => (kind === "assign" ? [large.get(state)] : []));
  // The new value of each, and of a parameter its gradient.
  const renewed = whole.reduce(
    (sum, variable) =>
      variable === undefined ? sum : sum + stateBytes(variable) * (variable.role === "parameter" ? 2 : 1),
    0,
  );
  // The best weights so far, and the trained ones while their averages are measured.
  const copies = (model.train.stop === undefined ? 0 : 1) + (model.train.ema === undefined ? 0 : 1);
  const kept = copies * storedBytes(program);
  const state = program.state.reduce((sum, variable) => sum + stateBytes(variable), 0);
  return { parts: partsOf(program), total: state + renewed + kept + more, when: withOptimizer(model) };
}

/** What is known of {@link trainingNeed} before the data is read: tables whose number of rows the spec says. */
export function knownNeed(model: Model, ids: Readonly<Record<string, number>>): MemoryNeed {
  const sizes = Object.fromEntries(
    model.features.flatMap((feature) => (hasIds(feature) ? [[feature.name, own(ids, feature.name) ?? 1]] : [])),
  );
  const parts = planEmbeddings(model, { ids: sizes }).flatMap(({ pieces, width }) =>
    pieces.map(({ name, rows }) => ({ name: ownerOf(name), bytes: rows * width * 4 })),
  );
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0) * (1 + slotsOf(model));
  return { parts, total, when: withOptimizer(model) };
}

/** What making an artifact needs: weights that this machine cannot hold cannot be tried on it. */
export function writingNeed(program: Program): MemoryNeed {
  return { parts: partsOf(program), total: storedBytes(program), when: "in all" };
}

/** What a session with the weights of an artifact holds: they are read, and copied into the engine. */
export function loadingNeed(parts: readonly MemoryPart[]): MemoryNeed {
  return { parts, total: 2 * parts.reduce((sum, { bytes }) => sum + bytes, 0), when: "while it is loaded" };
}

/** The parts of what is kept, with the pieces of each added up. */
function partsOf(program: Program): readonly MemoryPart[] {
  const rows = parameterTable(program).filter(({ role }) => role === "parameter" || role === "statistic");
  return addParts(rows.map(({ name, count }) => ({ name: ownerOf(name), bytes: count * 4 })));
}

/** Tensors by their logical names as parts. */
export function addParts(tensors: readonly MemoryPart[]): readonly MemoryPart[] {
  const parts = new Map<string, number>();
  for (const { name, bytes } of tensors) parts.set(name, (parts.get(name) ?? 0) + bytes);
  return [...parts].map(([name, bytes]) => ({ name, bytes }));
}

/** `c00.embedding` → `c00`, `t.0.weight` → `t`. */
export function ownerOf(tensor: string): string {
  return tensor.split(".")[0] ?? tensor;
}

function storedBytes(program: Program): number {
  return program.state
    .filter(({ role }) => role === "parameter" || role === "statistic")
    .reduce((sum, variable) => sum + stateBytes(variable), 0);
}

function slotsOf({ train }: Model): number {
  // Of what is not trained nothing is remembered.
  if (train.frozen !== undefined) return 0;
  // Of parts with optimizers of their own, what the least of them remembers is needed in any case.
  const counts = [train.optimizer, ...(train.optimizers ?? [])].map(({ name, arguments: args }) => {
    const optimizer = resolveOptimizer(name);
    if (optimizer === undefined) return 0;
    return optimizer.slots(resolveSettings(optimizer.name, optimizer.settings, args)).length;
  });
  return Math.min(...counts);
}

/** As their papers write them. */
const titles: Readonly<Record<OptimizerName, string>> = {
  sgd: "SGD",
  momentum: "momentum",
  adagrad: "Adagrad",
  adam: "Adam",
  adamw: "AdamW",
};

function withOptimizer({ train }: Model): string {
  const { name } = train.optimizer;
  return `with ${name in titles ? titles[name as OptimizerName] : name}`;
}

/** Files that are smaller are written without a look at the disk: they fit, or the write says so at once. */
const notableFiles = 2 ** 30;

/** Throws a {@link Failure} (MTL7321) when the disk of a directory, which need not be there yet, has less than `bytes` free. */
export async function checkDisk(directory: string, bytes: number): Promise<void> {
  if (bytes < notableFiles) return;
  const free = await freeDisk(resolve(directory));
  if (free === undefined || bytes <= free) return;
  throw createFailure("MTL7321", { directory, bytes, free });
}

/** Bytes that the disk of the nearest folder that is there has free; undefined where that is not known. */
async function freeDisk(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return dirname(path) === path ? undefined : freeDisk(dirname(path));
  }
}

/** Bytes of an artifact: the weights are in it three times, for readers of three kinds. */
export function artifactBytes(program: Program): number {
  return 3 * storedBytes(program);
}

/** Bytes that training writes beside each other: checkpoints with one more in the making, and in the end the artifact. */
export function trainingFiles(program: Program, checkpoints: number): number {
  const state = program.state.reduce((sum, variable) => sum + stateBytes(variable), 0);
  return checkpoints * state + Math.max(state, artifactBytes(program));
}
