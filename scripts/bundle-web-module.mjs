// What every generated web module carries, made by the build: `bundleWebModule(root, compiled, dist)`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The kernels and operations of tfjs that graphs use (targets/tensorflow): all others are left out. `test/web` computes every op and every spec with them. */
const kernels =
  words(`Abs Add BatchMatMul Cast Concat Cos Equal Erf Exp Expm1 Fill GatherV2 Identity Less LessEqual Log Log1p
  LogicalAnd LogicalNot Max Maximum Minimum Multiply Neg NotEqual Pack PadV2 Pow RealDiv Relu Reshape Select Sigmoid Sign Slice
  Softmax Softplus Sqrt StridedSlice Sub Sum Tanh Tile Transpose Unique`);
const operations =
  words(`abs add broadcastTo cast clone concat cos div equal erf exp expm1 fill gather less lessEqual log log1p
  logicalAnd logicalNot matMul max maximum minimum mul neg notEqual pad pow relu reshape scalar sigmoid sign slice softmax
  softplus sqrt squeeze stack stridedSlice sub sum tanh tensor1d transpose unique where`);

function words(text) {
  return text.split(/\s+/);
}

/** In the place of files of packages: tfjs without what a module has no use for, or has its own of. */
const replacements = [
  // `runtime/web` sets the platform.
  [/tfjs-core[\\/]dist[\\/]platforms[\\/]platform_(?:node|browser)\.js$/, "export {};"],
  // tfjs keeps its engine and its kernels in a global, where two modules of a page would share them.
  [
    /tfjs-core[\\/]dist[\\/]global_util\.js$/,
    `const singletons = new Map();
     const namespace = { atob: (text) => atob(text) };
     export const getGlobalNamespace = () => namespace;
     export function getGlobal(key, init) {
       if (!singletons.has(key)) singletons.set(key, init());
       return singletons.get(key);
     }`,
  ],
  // Threads need a worker of text, which a strict policy forbids.
  [
    /tfjs-backend-wasm-threaded-simd(?:\.worker)?\.js$/,
    'export default undefined; export const wasmWorkerContents = "";',
  ],
  // Random numbers: no graph draws any.
  [/node_modules[\\/]seedrandom[\\/]/, "export const alea = undefined;"],
  // Groups of ops that no graph has.
  [
    /operations[\\/]executors[\\/](?:control|convolution|dynamic|hash_table|image|ragged|sparse|spectral|string)_executor\.js$/,
    "export function executeOp({ op }) { throw new Error(`a web module does not compute the op ${op}`); }",
  ],
  [/tfjs-core[\\/]dist[\\/]ops[\\/]ops_for_converter\.js$/, `export { ${operations.join(", ")} } from "./ops";`],
];

/** Loads a file: its replacement, or of a backend's kernels those that graphs use; undefined for a file as it is. */
function load(id) {
  if (!/tfjs-backend-[a-z]+[\\/]dist[\\/]register_all_kernels\.js$/.test(id))
    return replacements.find(([file]) => file.test(id))?.[1];
  const imported = readFileSync(id, "utf8").matchAll(/^import \{ (\w+) \} from '\.\/kernels\/(\w+)';$/gm);
  const used = [...imported].filter(([, , kernel]) => kernels.includes(kernel));
  return [
    'import { registerKernel } from "@tensorflow/tfjs-core";',
    ...used.map(([line]) => line),
    `[${used.map(([, name]) => name).join(", ")}].forEach(registerKernel);`,
  ].join("\n");
}

const notice =
  "/*! Contains TensorFlow.js (Copyright Google LLC) and long.js (Copyright Daniel Wirtz), under the Apache License 2.0: https://www.apache.org/licenses/LICENSE-2.0 */";

/**
 * Writes to `dist/web-module` the code of `runtime/web` with tfjs as one script, the texts of its declarations, and tfjs's wasm
 * backend in base 64.
 */
export async function bundleWebModule(root, compiled, dist) {
  // Set-up loads this file before any package is installed.
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    input: join(compiled, "runtime", "web", "entry.js"),
    cwd: compiled,
    platform: "browser",
    logLevel: "warn",
    external: (id) => id.startsWith("node:") || id.startsWith("@duckdb/"),
    // Of our files only what is used goes in: none does anything when it is loaded.
    treeshake: { moduleSideEffects: (id, external) => !external && id.includes("node_modules") },
    plugins: [{ name: "replacements", load }],
    // Nothing asks whether it is Node: what a page has is all that is used.
    transform: { define: { process: "undefined", __dirname: "undefined", __filename: "undefined" } },
  });
  const { output } = await bundle.generate({ format: "iife", name: "webRuntime", codeSplitting: false, minify: true });
  await bundle.close();
  const [{ code, imports }] = output;
  if (output.length !== 1 || imports.length > 0) throw new Error(`the web module is not one script: ${imports}`);
  const folder = join(dist, "web-module");
  mkdirSync(folder);
  writeFileSync(join(folder, "runtime.js"), `${notice}\n${code}`);
  const wasm = join(root, "node_modules", "@tensorflow", "tfjs-backend-wasm", "dist", "tfjs-backend-wasm-simd.wasm");
  writeFileSync(join(folder, "wasm.txt"), readFileSync(wasm).toString("base64"));
  const source = readFileSync(join(root, "src", "runtime", "web", "api.ts"), "utf8");
  const declarations = source.replaceAll(/^import type \{[^}]*\} from "[^"]+";\n+/gm, "");
  if (/^import\b/m.test(declarations)) throw new Error("api.ts imports more than types");
  writeFileSync(join(folder, "api.d.ts"), declarations);
}
