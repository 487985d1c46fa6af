/**
 * Data that is elsewhere: which paths are URLs, and what a URL of data may hold. Credentials are none of it: a spec is kept in
 * artifacts and shown in messages. Pure.
 */

/** What DuckDB's extension `httpfs` reads. */
const dataSchemes = ["s3", "gs", "https", "http"] as const;

type DataScheme = (typeof dataSchemes)[number];

/** What names a database of PostgreSQL. */
const databaseSchemes: readonly string[] = ["postgres", "postgresql"];

/** Schemes whose servers list their files. */
const listing: ReadonlySet<string> = new Set<DataScheme>(["s3", "gs"]);

/** Two letters at least: `C:\data` is a path. */
const schemePattern = /^([A-Za-z][A-Za-z0-9+.-]+):\/\//;

/** Whether a path is a URL, of whatever scheme. */
export function isUrl(path: string): boolean {
  return schemePattern.test(path);
}

/** The scheme of a URL in lower case; undefined for a path. */
export function schemeOf(path: string): string | undefined {
  return schemePattern.exec(path)?.[1]?.toLowerCase();
}

/** Whether a URL names a database of PostgreSQL. */
export function isPostgresUrl(url: string): boolean {
  return databaseSchemes.includes(schemeOf(url) ?? "");
}

/**
 * What is wrong with a URL of data, and what to do; undefined where it is right, and for paths.
 * @param isPostgres whether it has to name a database of PostgreSQL
 */
export function findUrlFault(
  url: string,
  isPostgres = false,
): { readonly problem: string; readonly help: string } | undefined {
  const scheme = schemeOf(url);
  if (scheme === undefined)
    return isPostgres
      ? { problem: "it is not a URL of PostgreSQL", help: "write `postgres://HOST/DATABASE`" }
      : undefined;
  const schemes: readonly string[] = isPostgres ? databaseSchemes : dataSchemes;
  if (!schemes.includes(scheme))
    return {
      problem: `\`${scheme}://\` is not read`,
      help: databaseSchemes.includes(scheme)
        ? `write \`postgres("${scheme}://…", table: "…")\``
        : `write ${schemes.map((each) => `\`${each}://\``).join(" or ")}`,
    };
  const rest = url.slice(scheme.length + 3);
  const [host = ""] = rest.split("/");
  const path = rest.slice(host.length + 1);
  if (host.includes("@"))
    return {
      problem: "it holds a user or a password",
      help: "take them out; credentials are read from the environment",
    };
  if (/[?#]/.test(rest))
    return {
      problem: `it holds a \`${/[?#]/.exec(rest)?.[0] ?? "?"}\`, behind which a URL may carry a signature or a token`,
      help: "name the file without it; credentials are read from the environment",
    };
  if (isPostgres)
    return path === "" ? { problem: "it names no database", help: `write \`${scheme}://HOST/DATABASE\`` } : undefined;
  if (host === "" || path === "") return { problem: "it names no file", help: `write \`${scheme}://…/file.parquet\`` };
  if (/[*[]/.test(host)) return { problem: "its host or bucket is a pattern", help: "name each one" };
  if (!listing.has(scheme) && /[*[]/.test(path))
    return { problem: "a web server does not list its files", help: "name each file" };
  return undefined;
}

/** A URL without what may be a secret, for messages about URLs that hold one. */
export function publicUrl(url: string): string {
  return url.replace(/^([^/]*\/\/)[^/]*@/, "$1…@").replace(/([?#]).*$/s, "$1…");
}
