/** The fused engine's side of the compiler: a function as loops over rows, each a list of instructions. */
export type { FusedPlan, PlanBuffer, PlanInstruction, PlanLoop, PlanOperand, PlanPhase, Products } from "./plan.js";
export { fusedPlan } from "./write-plan.js";
export type { Columns, Layout } from "./placed.js";
export { layoutOf, plannedStep, stackedSteps } from "./steps.js";
