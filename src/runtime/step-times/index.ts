/**
 * Where the time of a training step goes. In come the spans of an engine that was watched, out comes what each declaration of the spec
 * and each kind of op took, and the trace as a file for viewers.
 */
export * from "./attribute.js";
export * from "./chrome-trace.js";
export * from "./step-times.js";
