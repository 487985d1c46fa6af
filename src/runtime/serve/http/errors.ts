/** Errors as answers: a status and a reason in words, never a stack. */
import { omitUndefined } from "../../../compiler/text/index.js";
import { Failure } from "../../failure.js";
import { type ErrorBody, ServeFault } from "../fault.js";
import type { RouteAnswer } from "./route.js";

/** Undefined for what is a bug: the caller logs it. */
export function answerOfError(error: unknown): RouteAnswer | undefined {
  if (error instanceof ServeFault) {
    const { status, message, details } = error;
    const { retryAfter, ...more } = details;
    const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
    return { status, headers, body: { json: errorBody(message, more) } };
  }
  if (error instanceof Failure) {
    const [first] = error.diagnostics;
    return {
      status: 400,
      body: {
        json: errorBody(
          first?.message ?? "the request is wrong",
          omitUndefined({ code: first?.code, help: first?.help }),
        ),
      },
    };
  }
  const framework = frameworkStatus(error);
  if (framework === undefined) return undefined;
  const { status, message } = framework;
  return { status, body: { json: errorBody(message) } };
}

export const internalError: RouteAnswer = {
  status: 500,
  body: { json: errorBody("the server could not answer; its log says why") },
};

function errorBody(error: string, more: Omit<ErrorBody, "error"> = {}): ErrorBody {
  return { error, ...more };
}

/** What Fastify says of a request, in our words. */
function frameworkStatus(error: unknown): { readonly status: number; readonly message: string } | undefined {
  const { statusCode, code, message } = error as {
    readonly statusCode?: number;
    readonly code?: string;
    readonly message?: string;
  };
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode >= 500) return undefined;
  const known: Readonly<Record<string, string>> = {
    FST_ERR_CTP_BODY_TOO_LARGE: "the body is larger than the server takes",
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: "the body is not as long as `content-length` says",
    FST_ERR_CTP_INVALID_MEDIA_TYPE: "the body must be JSON (`content-type: application/json`)",
  };
  return { status: statusCode, message: known[code ?? ""] ?? message ?? "the request is wrong" };
}
