/**
 * A picture of a model. In go a typed model and what its parts cost; out come cards and edges, placed or not, as SVG for
 * people and as DOT for other tools. It draws what a reviewer speaks of (inputs, experts, gates, towers, tasks, chains):
 * unnamed layers are written on the card of the declaration that holds them. It reads no syntax and writes no file.
 */
export * from "./cards.js";
export * from "./diagram.js";
export * from "./layout.js";
export * from "./svg.js";
export * from "./dot.js";
