// The functions that tests call.
const violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  violations.push(`${violatedDirective} ${blockedURI}`),
);

globalThis.predict = async (path, rows, options) => {
  const { load, model } = await import(path);
  const loaded = await load(options);
  const found = {
    isModel: loaded === model,
    backend: model.backend,
    heads: plain(loaded.predict(rows)),
    later: plain(await loaded.predictAsync(rows)),
    violations: [...violations],
  };
  model.close();
  return found;
};

globalThis.predictInWorker = (path, rows, options) =>
  new Promise((resolve, reject) => {
    const worker = new Worker("/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage({ path, rows, options });
  });

globalThis.evaluatesText = () => {
  try {
    return new Function("return true")();
  } catch {
    return false;
  }
};

function plain(heads) {
  return Object.fromEntries(Object.entries(heads).map(([head, values]) => [head, [...values]]));
}
