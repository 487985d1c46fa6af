import { docsPage } from "../http/docs-page.js";
import { type DescribedModel, openApi } from "../http/openapi.js";
import type { Route, ServeContext } from "../http/route.js";

const named = { method: "GET", tag: "Operation" } as const;

/** @param routes all of them, these among them */
export function docsRoutes(routes: () => readonly Route[]): readonly Route[] {
  return [
    {
      ...named,
      path: "/docs",
      summary: "This page",
      handle: (_request, context) => ({
        headers: { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'" },
        body: { text: docsPage(routes(), described(context)), type: "text/html; charset=utf-8" },
      }),
    },
    {
      ...named,
      path: "/docs/openapi.json",
      summary: "The interface in OpenAPI 3.1",
      handle: (_request, context) => ({
        body: { json: openApi({ routes: routes(), models: described(context), hasToken: context.hasToken }) },
      }),
    },
  ];
}

/** The newest version of each model. */
function described({ repository }: ServeContext): readonly DescribedModel[] {
  return repository.models().map((name) => ({ name, description: repository.find(name).description }));
}
