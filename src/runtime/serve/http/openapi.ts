/** The description of the interface, OpenAPI 3.1: from the rows of the routes, and the columns of the models that are open. */
import { version } from "../../version.js";
import type { VersionDescription } from "../model-version.js";
import type { Route, Schema } from "./route.js";

/** A model that is open, for the schema of its rows. */
export interface DescribedModel {
  readonly name: string;
  readonly description: VersionDescription;
}

export interface OpenApiOptions {
  readonly routes: readonly Route[];
  readonly models: readonly DescribedModel[];
  readonly hasToken: boolean;
}

export function openApi({ routes, models, hasToken }: OpenApiOptions): object {
  const paths = new Map<string, Record<string, object>>();
  for (const route of routes) {
    const operations = paths.get(route.path) ?? {};
    operations[route.method.toLowerCase()] = operationOf(route, hasToken);
    paths.set(route.path, operations);
  }
  return {
    openapi: "3.1.0",
    info: { title: "mtlc serve", version, description: "Models that are served over HTTP." },
    paths: Object.fromEntries(paths),
    components: {
      schemas: {
        Error: {
          type: "object",
          required: ["error"],
          properties: { error: { type: "string" }, code: { type: "string" }, help: { type: "string" } },
        },
        ...Object.fromEntries(models.map(({ name, description }) => [schemaName(name), rowSchema(description)])),
      },
      ...(hasToken ? { securitySchemes: { token: { type: "http", scheme: "bearer" } } } : {}),
    },
  };
}

/** Names of components may have few characters. */
function schemaName(model: string): string {
  return `Row_${model.replaceAll(/[^\w.-]/g, "_")}`;
}

/** What a row of a model holds. */
function rowSchema({ columns }: VersionDescription): Schema {
  return {
    type: "object",
    required: columns.map(({ name }) => name),
    properties: Object.fromEntries(
      columns.map(({ name, datatype, isList, user }) => {
        const value = datatype === "FP64" ? "number" : "string";
        const schema = isList
          ? { type: ["array", "null"], items: { type: [value, "null"] } }
          : { type: datatype === "FP64" ? ["number", "null"] : ["string", "number", "null"] };
        return [name, { ...schema, description: user }];
      }),
    ),
  };
}

function operationOf(route: Route, hasToken: boolean): object {
  const { path, tag, summary, headers = {}, body, answer, statuses = {}, isOpen } = route;
  const schema = { type: "string" };
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true, schema })),
    ...Object.entries(headers).map(([name, description]) => ({ name, in: "header", description, schema })),
  ];
  const needsToken = hasToken && isOpen !== true;
  const all: Readonly<Record<number, string>> = needsToken
    ? { ...statuses, 401: "The token is missing, or wrong." }
    : statuses;
  return {
    tags: [tag],
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: jsonContent(body) } }),
    responses: {
      200: { description: "The answer.", ...(answer === undefined ? {} : { content: jsonContent(answer) }) },
      ...Object.fromEntries(
        Object.entries(all).map(([status, description]) => [
          status,
          { description, content: jsonContent({ $ref: "#/components/schemas/Error" }) },
        ]),
      ),
    },
    ...(needsToken ? { security: [{ token: [] }] } : {}),
  };
}

function jsonContent(schema: Schema): object {
  return { "application/json": { schema } };
}
