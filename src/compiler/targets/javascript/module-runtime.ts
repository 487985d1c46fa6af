/** The code of {@link ModuleRuntime} declares this name. */
export const runtimeName = "servingRuntime";

/** What every standalone module carries, made once by the build from `compiler/serving/module`. */
export interface ModuleRuntime {
  /** A script that declares {@link runtimeName}: `entry.ts` and all that it imports. */
  readonly source: string;
  /** Declarations of `api.ts`, for every module. */
  readonly declarations: string;
  /** Declarations of `rank-api.ts`, for a spec that has rankings. */
  readonly rankDeclarations: string;
}
