/** The functions of LightGBM's C interface that are used, by koffi, which calls a shared library without compiling. */
import koffi from "koffi";
import type { Booster, LightGbm, TreeData, TreeParameters } from "./lightgbm.js";

/** The constants of `c_api.h`. */
const dataTypes = { float32: 0, int32: 2 } as const;

/** Throws where the library cannot be loaded. */
export function bindLightGbm(path: string): LightGbm {
  const api = declare(path);
  return { path, open: (data, parameters) => openBooster(api, data, parameters) };
}

type Handle = unknown;
type Api = ReturnType<typeof declare>;

function declare(path: string) {
  const library = koffi.load(path);
  const lastError = library.func("const char *LGBM_GetLastError()");
  const call = (signature: string): ((...args: readonly unknown[]) => void) => {
    const called = library.func(signature);
    return (...args) => {
      if (called(...args) !== 0) throw new Error(String(lastError()));
    };
  };
  return {
    createDataset: call(
      "int LGBM_DatasetCreateFromMat(const void *data, int type, int32_t rows, int32_t columns, int row_major, const char *parameters, void *reference, _Out_ void **out)",
    ),
    setField: call("int LGBM_DatasetSetField(void *data, const char *name, const void *values, int count, int type)"),
    setNames: call("int LGBM_DatasetSetFeatureNames(void *data, const char **names, int count)"),
    freeDataset: call("int LGBM_DatasetFree(void *data)"),
    createBooster: call("int LGBM_BoosterCreate(void *data, const char *parameters, _Out_ void **out)"),
    update: call("int LGBM_BoosterUpdateOneIter(void *booster, _Out_ int *finished)"),
    save: call(
      "int LGBM_BoosterSaveModelToString(void *booster, int first, int count, int importance, int64_t size, _Out_ int64_t *needed, void *text)",
    ),
    freeBooster: call("int LGBM_BoosterFree(void *booster)"),
  };
}

function openBooster(api: Api, data: TreeData, parameters: TreeParameters): Booster {
  const categorical = data.categorical.length === 0 ? {} : { categorical_feature: data.categorical.join(",") };
  const settings = Object.entries({ ...parameters, ...categorical })
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
  const dataset = handleOf((out) =>
    api.createDataset(data.values, dataTypes.float32, data.rows, data.columns.length, 1, settings, null, out),
  );
  let booster: Handle;
  const close = (): void => {
    if (booster !== undefined) api.freeBooster(booster);
    api.freeDataset(dataset);
  };
  try {
    api.setNames(dataset, data.columns, data.columns.length);
    api.setField(dataset, "label", data.labels, data.rows, dataTypes.float32);
    if (data.weights !== undefined) api.setField(dataset, "weight", data.weights, data.rows, dataTypes.float32);
    if (data.lists !== undefined) api.setField(dataset, "group", data.lists, data.lists.length, dataTypes.int32);
    booster = handleOf((out) => api.createBooster(dataset, settings, out));
  } catch (error) {
    close();
    throw error;
  }
  const made = booster;
  return {
    grow: () => {
      const finished: [number] = [0];
      api.update(made, finished);
      return finished[0] === 0;
    },
    text: (first, count) => textOf(api, made, first, count),
    close,
  };
}

function handleOf(create: (out: [Handle]) => void): Handle {
  const out: [Handle] = [null];
  create(out);
  return out[0];
}

/** The first call says how long the text is, its end included. */
function textOf(api: Api, booster: Handle, first: number, count: number): string {
  const byGain = 1;
  const needed: [number | bigint] = [0];
  api.save(booster, first, count, byGain, 0, needed, null);
  const buffer = Buffer.alloc(Number(needed[0]));
  api.save(booster, first, count, byGain, buffer.length, needed, buffer);
  return buffer.toString("utf8", 0, Math.max(0, buffer.length - 1));
}
