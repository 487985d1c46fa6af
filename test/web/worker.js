onmessage = async ({ data: { path, rows, options } }) => {
  try {
    const { load } = await import(path);
    const model = await load(options);
    const heads = Object.entries(model.predict(rows)).map(([head, values]) => [head, [...values]]);
    postMessage({ backend: model.backend, heads: Object.fromEntries(heads) });
  } catch (error) {
    postMessage({ error: error.message });
  }
};
