/** From the model to a package for PyTorch; no row of it needs mtlc to run. */
export { torch } from "./target.js";
