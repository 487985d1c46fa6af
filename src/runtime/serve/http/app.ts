/** The server: routes on Fastify, with what holds for all of them. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from "fastify";
import type { Socket } from "node:net";
import { ServeFault } from "../fault.js";
import { routes } from "../routes/index.js";
import { parseJson } from "../json.js";
import { bodyText } from "./body.js";
import { deadlineOf, timeoutHeader } from "./deadline.js";
import { answerOfError, internalError } from "./errors.js";
import type { Route, RouteAnswer, ServeContext } from "./route.js";
import { createTokenCheck } from "./token.js";

export interface AppOptions {
  readonly context: ServeContext;
  /** What clients must send; absent: everybody may ask. */
  readonly token?: string;
  /** Where records of the log go, a line of JSON each; absent: nowhere. */
  readonly log?: { readonly level: string; readonly write: (line: string) => void };
  /** Connections at once. */
  readonly connections: number;
}

/** Milliseconds in which the head of a request, and the whole of it, must have come: a slow client holds a socket and nothing else. */
const patience = { head: 10_000, request: 30_000, idle: 75_000 };

export interface App {
  readonly app: FastifyInstance;
  /** Requests that were begun and are not answered yet. */
  readonly underWay: () => number;
}

export function createApp({ context, token, log, connections }: AppOptions): App {
  const app = Fastify({
    logger: log === undefined ? false : { level: log.level, base: {}, stream: { write: log.write } },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: context.limits.bodyBytes,
    requestTimeout: patience.request,
    keepAliveTimeout: patience.idle,
    connectionTimeout: Math.max(patience.request, context.limits.timeout) + patience.head,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    // A logger per request would be made for each, and no record has what it would add.
    childLoggerFactory: (logger) => logger,
    http: { headersTimeout: patience.head, connectionsCheckingInterval: 1_000 },
    clientErrorHandler: refuseBytes,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  }) as unknown as FastifyInstance;
  app.server.maxConnections = connections;
  const check = token === undefined ? undefined : createTokenCheck(token);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request, bytes, done) => {
    const started = performance.now();
    try {
      const { "content-type": type, "content-encoding": encoding } = request.headers;
      const text = bodyText(bytes as Buffer, { type, encoding });
      const { readText = parseJson } = request.routeOptions.config as RouteConfig;
      done(null, text === undefined ? undefined : readText(text));
    } catch (error) {
      done(error as Error);
    }
    context.metrics.onStage("read", (performance.now() - started) / 1000);
  });

  const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const answer = answerOfError(error);
    if (answer === undefined) request.log.error({ err: error, route: request.routeOptions?.url }, "a request failed");
    const { status = 500 } = answer ?? internalError;
    context.metrics.onRefused(reasonOf(status));
    return send(reply, answer ?? internalError);
  };
  const send = (reply: FastifyReply, { status = 200, headers = {}, body }: RouteAnswer): FastifyReply => {
    const started = performance.now();
    const text = "text" in body ? body.text : JSON.stringify(body.json);
    context.metrics.onStage("write", (performance.now() - started) / 1000);
    return reply
      .code(status)
      .headers({ "x-content-type-options": "nosniff", ...headers })
      .type("text" in body ? body.type : "application/json; charset=utf-8")
      .send(text);
  };

  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      new ServeFault(404, `there is nothing at ${request.method} ${request.url.split("?")[0]}`),
      request,
      reply,
    ),
  );
  let underWay = 0;
  app.addHook("onRequest", (_request, reply, done) => {
    underWay++;
    reply.raw.once("close", () => underWay--);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    const { statusCode: status, elapsedTime } = reply;
    context.metrics.onRequest(route, status, elapsedTime / 1000);
    const record = { method: request.method, route, status, ms: Number(elapsedTime.toFixed(3)) };
    if (status >= 500) request.log.error(record, "answered");
    else if (status >= 400) request.log.info(record, "answered");
    else request.log.debug(record, "answered");
    done();
  });
  for (const route of routes) addRoute(app, route, { context, check, send });
  refuseOtherMethods(app, sendError);
  return { app, underWay: () => underWay };
}

/** What comes over a socket and is not HTTP, or takes too long to be: there is no request to answer, but a socket. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, reason] =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? ["408 Request Timeout", "the request did not come in time"]
      : error.code === "HPE_HEADER_OVERFLOW"
        ? ["431 Request Header Fields Too Large", "the head of the request is too large"]
        : ["400 Bad Request", "what was sent is not a request of HTTP"];
  const body = JSON.stringify({ error: reason });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

/** What the parser of bodies knows of the route that a body is for. */
interface RouteConfig {
  readonly readText?: Route["readText"] | undefined;
}

interface Adding {
  readonly context: ServeContext;
  readonly check: ((header: string | undefined) => void) | undefined;
  readonly send: (reply: FastifyReply, answer: RouteAnswer) => FastifyReply;
}

function addRoute(app: FastifyInstance, route: Route, { context, check, send }: Adding): void {
  app.route({
    method: route.method,
    url: urlOf(route.path),
    config: { readText: route.readText } satisfies RouteConfig,
    onRequest: (request, _reply, done) => {
      try {
        if (route.isOpen !== true) check?.(request.headers.authorization);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    handler: async (request, reply) => {
      const { params, headers, body, socket } = request;
      const answer = await route.handle(
        {
          parameters: params as Readonly<Record<string, string>>,
          headers,
          body,
          deadline: deadlineOf(headers[timeoutHeader], context.limits.timeout),
          isWanted: () => !socket.destroyed,
        },
        context,
      );
      return send(reply, answer);
    },
  });
}

/** `{model}:predict` → `:model([^:/]+)::predict`: a colon of the path is doubled, and no parameter takes it in. */
function urlOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}:/g, ":$1([^:/]+)::").replaceAll(/\{(\w+)\}/g, ":$1");
}

/** A path that there is, asked with a method that it does not have. */
function refuseOtherMethods(
  app: FastifyInstance,
  sendError: (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of routes) methods.set(path, (methods.get(path) ?? new Set()).add(method));
  for (const [path, has] of methods) {
    const others = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !has.has(method));
    app.route({
      method: others,
      url: urlOf(path),
      onRequest: (request, reply) => {
        const allowed = [...has].join(", ");
        sendError(
          new ServeFault(405, `${path} is asked with ${allowed}, not with ${request.method}`),
          request,
          reply.header("allow", allowed),
        );
      },
      handler: () => undefined,
    });
  }
}

function reasonOf(status: number): string {
  switch (status) {
    case 429:
      return "overload";
    case 499:
      return "client gone";
    case 504:
      return "deadline";
    case 401:
      return "token";
    default:
      return status >= 500 ? "error" : "invalid";
  }
}
