/**
 * ONNX. In: one function of a program without updates, and the values of its state. Out: the bytes of a model that onnxruntime
 * runs, its weights in it or beside it. It never runs, reads or writes anything.
 */
export { joinProducts } from "./join-products.js";
export { functionGraph, modelFiles, pureFunction } from "./model.js";
export { rows as onnxOps } from "./ops.js";
export { onnx, onnxFiles } from "./target.js";
export { orderColumns, orderRows } from "./order-columns.js";
