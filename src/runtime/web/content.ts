import type { Fitted, Model } from "../../compiler/model/index.js";

/** What a generated module holds of its model: the web target writes it as literals. */
export interface WebContent {
  readonly name: string;
  /** Of the model, for whoever asks what a module was made from. */
  readonly hash: string;
  /** How rows are read, and the serving stage. */
  readonly model: Pick<Model, "name" | "features" | "labels" | "data" | "serving">;
  readonly fitted: Fitted;
  /** Absent for a model without a network. */
  readonly network?: WebNetwork;
}

/** The predict function as tfjs's GraphModel. */
export interface WebNetwork {
  /** `model.json` without the names of weight files. */
  readonly graph: {
    readonly modelTopology: object;
    readonly signature: {
      readonly inputs: Readonly<Record<string, { readonly dtype: "DT_FLOAT" | "DT_INT32" | "DT_BOOL" }>>;
      readonly outputs: object;
    };
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: "float32" | "int32" | "bool";
    }[];
  };
  /** Of all weights one after the other, in base 64; see `bytesOf`. */
  readonly weights: readonly string[];
  /** The code of tfjs's wasm backend, in base 64. */
  readonly wasm: readonly string[];
}
