/**
 * Credentials of remote data: from the environment, into DuckDB's memory. They are in no option of a spec or a command, and
 * in no message: {@link hideSecrets} takes them out of whatever DuckDB or a server says.
 */
import { quoteText } from "../sql.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables whose values are secrets. */
const secretNames = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "GCS_HMAC_KEY_ID",
  "GCS_HMAC_SECRET",
  "MTLC_HTTP_TOKEN",
  "PGPASSWORD",
] as const;

/** The statements that hand the credentials of an environment to DuckDB, for as long as the database is open. */
export function secretStatements(environment: Environment): readonly string[] {
  const value = (...names: readonly string[]): string | undefined =>
    names.map((name) => environment[name]).find((each) => each !== undefined && each !== "");
  const key = value("AWS_ACCESS_KEY_ID");
  const endpoint = endpointOf(value("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"));
  const region = value("AWS_REGION", "AWS_DEFAULT_REGION");
  const s3 = createSecret("s3", {
    ...(key === undefined
      ? {}
      : { key_id: key, secret: value("AWS_SECRET_ACCESS_KEY"), session_token: value("AWS_SESSION_TOKEN") }),
    region: region ?? "us-east-1",
    ...endpoint,
  });
  const gcsKey = value("GCS_HMAC_KEY_ID");
  const gcsEndpoint = endpointOf(value("GCS_ENDPOINT_URL"));
  const gcs =
    gcsKey === undefined && gcsEndpoint === undefined
      ? []
      : [createSecret("gcs", { key_id: gcsKey, secret: value("GCS_HMAC_SECRET"), ...gcsEndpoint })];
  const token = value("MTLC_HTTP_TOKEN");
  const hosts =
    value("MTLC_HTTP_TOKEN_HOSTS")
      ?.split(/[\s,]+/)
      .filter((host) => host !== "") ?? [];
  const http =
    token === undefined
      ? []
      : hosts.map((host, i) => createSecret("http", { bearer_token: token, scope: `https://${host}/` }, i));
  return [s3, ...gcs, ...http];
}

/** Another server than the provider's, as `AWS_ENDPOINT_URL` names it: buckets are the first folder of its paths. */
function endpointOf(url: string | undefined): Readonly<Record<string, string>> | undefined {
  if (url === undefined) return undefined;
  const [, scheme = "https", host = url] = /^(https?):\/\/([^/]*)/i.exec(url) ?? [];
  return { endpoint: host, url_style: "path", use_ssl: String(scheme.toLowerCase() !== "http") };
}

function createSecret(type: string, options: Readonly<Record<string, string | undefined>>, number = 0): string {
  const list = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.toUpperCase()} ${quoteText(value)}`],
  );
  return `CREATE TEMPORARY SECRET mtlc_${type}_${number} (${[`TYPE ${type}`, ...list].join(", ")})`;
}

/** A text without the credentials of the environment. */
export function hideSecrets(text: string, environment: Environment = process.env): string {
  return secretNames
    .map((name) => environment[name] ?? "")
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length)
    .reduce(
      (shown, secret) => [secret, encodeURIComponent(secret)].reduce((each, part) => each.replaceAll(part, "…"), shown),
      text,
    );
}
