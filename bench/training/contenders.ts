/** Who trains beside whom. */
import { join } from "node:path";
import { projectRoot } from "../report.js";
import type { Contender } from "./turns.js";
import { python } from "../../test/python.js";

export const contenderNames = [
  "mtlc",
  "mtlc wasm",
  "tfjs-node, eager",
  "PyTorch by hand",
  "PyTorch, torch.compile",
  "TensorFlow + XLA",
  "JAX, scan",
  "DeepCTR-Torch",
  "torch-rechub",
] as const;

export type ContenderName = (typeof contenderNames)[number];

/** Peers that are libraries of models, which a program of one's own is not. */
export const libraries: ReadonlySet<string> = new Set<ContenderName>(["DeepCTR-Torch", "torch-rechub"]);

/** A contender on the data of a folder, which {@link writeWorkload} has filled. */
export function contender(name: ContenderName, folder: string): Contender {
  const node = (form: string): Contender => ({
    name,
    command: process.execPath,
    words: [join(import.meta.dirname, "worker.js"), form, folder],
  });
  const script = (file: string, ...words: readonly string[]): Contender => ({
    name,
    command: python,
    words: [join(projectRoot, "bench", "peers", file), folder, ...words],
  });
  switch (name) {
    case "mtlc":
      return node("");
    case "mtlc wasm":
      return node("wasm");
    case "tfjs-node, eager":
      return node("eager");
    case "PyTorch by hand":
      return script("torch_mmoe.py");
    case "PyTorch, torch.compile":
      return script("torch_mmoe.py", "--compile");
    case "TensorFlow + XLA":
      return script("tensorflow_mmoe.py");
    case "JAX, scan":
      return script("jax_mmoe.py");
    case "DeepCTR-Torch":
      return script("library_mmoe.py", "deepctr");
    case "torch-rechub":
      return script("library_mmoe.py", "rechub");
  }
}
