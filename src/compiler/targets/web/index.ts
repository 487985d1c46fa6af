export { webDeclarations } from "./declarations.js";
export { type WebModuleOptions, type WebRuntime, webModuleText } from "./web-module.js";
