/** WebAssembly with SIMD, written here: instructions as expressions, functions of them, and the bytes of a module. */
export {
  type Code,
  doWhile,
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i16x8,
  i32,
  i32x4,
  joined,
  type Local,
  select,
  v128,
  when,
  whileTrue,
} from "./instructions.js";
export { advance, kernel, lanesBytes, numberBytes } from "./kernel.js";
export { encodeModule, importedFrom, type ModuleFunction } from "./module.js";
