/**
 * What a model costs before it is trained. In go a typed model and, where they are known, the numbers of ids; out come
 * parameters, bytes and operations by part, shared against private, and what the tasks would cost as models of their own.
 * It reads no data and runs nothing: counts come from the lowered program, so that they are those of the real one.
 */
export * from "./cost.js";
export * from "./flops.js";
export * from "./id-counts.js";
export * from "./parts.js";
export * from "./savings.js";
export * from "./step-parts.js";
