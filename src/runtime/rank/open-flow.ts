import type { Model, ServingModel } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { createFlowControl, type FlowControl, openPermitStore, type PermitStore } from "../flow/index.js";
import type { RankerFlow } from "./answer.js";

/** Flow control of a ranking. */
export interface OpenFlow {
  /** Undefined: no cap holds anything back. */
  readonly control: FlowControl | undefined;
  /** Gives permits back, and closes the store that was opened for it. */
  readonly close: () => Promise<void>;
}

/** Opens the flow control that was asked for, and its store where that is named by a text. */
export async function openFlow(model: Model, serving: ServingModel, flow: RankerFlow | undefined): Promise<OpenFlow> {
  const opened = await openNamed(flow);
  try {
    const control = flowOf(model, serving, flow, opened);
    return {
      control,
      close: async () => {
        await control?.close();
        await opened?.close();
      },
    };
  } catch (error) {
    await opened?.close();
    throw error;
  }
}

/** The store that is named by a text; one that is open already is the caller's. */
async function openNamed(flow: RankerFlow | undefined): Promise<PermitStore | undefined> {
  if (typeof flow?.store !== "string") return undefined;
  return openPermitStore(flow.store, omitUndefined({ whenDown: flow.whenDown }));
}

function flowOf(
  { name }: Model,
  { ruleSets }: ServingModel,
  flow: RankerFlow | undefined,
  opened: PermitStore | undefined,
): FlowControl | undefined {
  if (flow === undefined) return undefined;
  const store = typeof flow.store === "string" ? opened : flow.store;
  if (store === undefined) return undefined;
  const { store: _store, whenDown: _whenDown, namespace = name, ...rest } = flow;
  return createFlowControl(store, { ...rest, namespace, ruleSets });
}
