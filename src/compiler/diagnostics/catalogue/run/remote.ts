import { defineDiagnostics } from "../../define.js";

/** MTL768x: data of servers and databases. */
export const remoteDiagnostics = defineDiagnostics({
  MTL7680: {
    slug: "missing-duckdb-extension",
    severity: "error",
    title: "missing DuckDB extension",
    message: (p: { what: string; extension: string; version: string; problem: string }) =>
      `${p.what} is read by the extension \`${p.extension}\` of DuckDB ${p.version}: ${p.problem}; \`mtlc doctor --install\` installs it`,
    about:
      "Files of servers and other databases are read by extensions of DuckDB, which are not part of it. mtlc loads those that are on this machine and fetches none while it works. An extension is for one version of DuckDB.",
    fix: "Run `mtlc doctor --install`, or put the file of the extension into a folder and name the folder in `MTLC_DUCKDB_EXTENSIONS`.",
  },
  MTL7681: {
    slug: "remote-access-denied",
    severity: "error",
    title: "access to remote data denied",
    message: (p: { url: string; status: number }) =>
      `the server does not let \`${p.url}\` be read with the credentials of the environment (HTTP ${p.status})`,
    about:
      "The server answered that whoever asks may not read the file: credentials are missing from the environment, are wrong or out of date, or have no right to it.",
    fix: "For `s3://` set `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_REGION` (and `AWS_SESSION_TOKEN`), for `gs://` set `GCS_HMAC_KEY_ID` and `GCS_HMAC_SECRET`, for `https://` set `MTLC_HTTP_TOKEN` and `MTLC_HTTP_TOKEN_HOSTS`.",
  },
  MTL7682: {
    slug: "unreadable-remote-data",
    severity: "error",
    title: "unreadable remote data",
    message: (p: { url: string; problem: string }) => `\`${p.url}\` cannot be read: ${p.problem}`,
    about:
      "The server cannot be reached, its certificate is not trusted, or it answered something else than the file. A request that fails is sent again three times before this is said.",
    fix: "Try the URL with `curl`. Look at the host, the port, the proxy (`HTTPS_PROXY`) and the region.",
  },
  MTL7683: {
    slug: "large-remote-text",
    severity: "error",
    title: "remote text file too large",
    message: (p: { url: string; size: number; limit: number }) =>
      `\`${p.url}\` has ${(p.size / 2 ** 30).toFixed(1)} GiB; a file of text on a server may have ${p.limit / 2 ** 30} GiB`,
    about:
      "A file of text is copied into the cache before its rows are read, and DuckDB holds it in memory for that. Parquet is read where it lies, only the columns that are needed, and may have any size.",
    fix: "Write the data as Parquet or as several files, or copy the file to this machine first.",
  },
  MTL7684: {
    slug: "no-table-named",
    severity: "error",
    title: "no table named",
    message: (p: { file: string; format: string }) =>
      `\`${p.file}\` is a database, and nothing says which table is read`,
    about: "A database holds several tables. A spec says which one is read; a command only names files.",
    fix: 'Name the table in the spec: `test: sqlite("shop.sqlite", table: "events")`.',
  },
  MTL7685: {
    slug: "missing-table",
    severity: "error",
    title: "missing table",
    message: (p: { file: string; table: string }) => `\`${p.file}\` has no table \`${p.table}\``,
    about:
      "The database has neither a table nor a view of that name. A table of another schema is written `schema.table`.",
    fix: "Correct the name.",
  },
});
