/** The side channel: health, metrics and recorded events over plain HTTP. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { nodeRuntime, patientDelay } from "../framebuffer/node";
import type { Disposable } from "../protocol/transport";
import { authContext, isAccepted } from "./auth";
import { json, send, text, type Answer } from "./httpAnswer";
import { prometheusText, type StreamMetrics } from "./metrics";
import type { ServedStream } from "./servedStream";
import { DEFAULT_STREAM } from "./streamPath";

/** What the side channel needs of a hub. */
export interface HttpStreams {
  readonly streams: ReadonlyMap<string, ServedStream>;
  /** Whether the request's origin is allowed. */
  readonly isAllowed: boolean;
  /** Seconds that `authenticate` may take. */
  readonly authTimeout: number;
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Answers a request if its path is one of the side channel's.
 *
 * @param path - the path within the hub
 * @returns whether it is
 */
export function answer(
  path: string,
  http: HttpStreams,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const route = findRoute(path, http);
  if (route === undefined) return false;
  if (!http.isAllowed) {
    send(response, 403, text("forbidden: pages of this origin are not allowed\n"));
  } else if (!route.methods.includes(request.method ?? "")) {
    response.setHeader("Allow", route.methods.join(", "));
    send(response, 405, text(`expected ${route.methods[0]}\n`));
  } else {
    respond(route, http, request, response).catch((error: unknown) => {
      route.about[0]?.reportError(error, "request");
      if (response.headersSent) response.destroy();
      else send(response, 500, text("the server failed to answer\n"));
    });
  }
  return true;
}

/** The methods of what only reads. */
const READ = ["GET", "HEAD"] as const;

interface Route {
  /** What changes something requires POST: any page can make a browser get an address. */
  readonly methods: readonly [string, ...string[]];
  /** The streams that the answer is about; only those that the client may view are shown. */
  readonly about: readonly ServedStream[];
  /** Whether the answer is about all streams, and so may be empty. */
  readonly isList: boolean;
  /** @param visible - the streams that the client may view */
  body(visible: readonly ServedStream[], request: IncomingMessage): Answer;
}

function findRoute(path: string, { streams }: HttpStreams): Route | undefined {
  const parts = path.replace(/\/$/, "").split("/").slice(1);
  const fallback = streams.get(DEFAULT_STREAM);
  const all = [...streams.values()];
  switch (parts.join("/")) {
    case "health":
      return { methods: READ, about: [], isList: true, body: () => text("ok\n") };
    case "streams": {
      const body = (visible: readonly ServedStream[]): Answer => json(visible.map(describe));
      return { methods: READ, about: all, isList: true, body };
    }
    case "metrics":
      return { methods: READ, about: all, isList: true, body: metrics };
    case "recorded-events":
      return recorded(fallback, false);
    case "recorded-events/reset":
      return recorded(fallback, true);
  }
  const [first, name, ...rest] = parts;
  if (first !== "streams" || name === undefined) return undefined;
  const stream = streams.get(name);
  switch (rest.join("/")) {
    case "recorded-events":
      return recorded(stream, false);
    case "recorded-events/reset":
      return recorded(stream, true);
    case "metrics": {
      const about = stream === undefined ? [] : [stream];
      return { methods: READ, about, isList: false, body: metrics };
    }
  }
  return undefined;
}

function recorded(stream: ServedStream | undefined, isReset: boolean): Route {
  return {
    methods: isReset ? ["POST"] : READ,
    about: stream === undefined ? [] : [stream],
    isList: false,
    body: ([visible]) => {
      if (isReset) visible?.clearRecorded();
      return json(visible?.recorded ?? []);
    },
  };
}

function describe({ name, size, fps, viewerCount }: ServedStream): object {
  return { name, ...size, fps, clients: viewerCount };
}

/** JSON; Prometheus' text format if the client accepts text, or asks with `?format=prometheus`. */
function metrics(visible: readonly ServedStream[], request: IncomingMessage): Answer {
  const isAsked = /[?&]format=prometheus(&|$)/.test(request.url ?? "");
  const isScraper = /text\/plain|openmetrics/.test(request.headers.accept ?? "");
  if (!isAsked && !isScraper) return json(visible.flatMap((stream) => stream.metrics()));
  return { type: PROMETHEUS_TYPE, body: prometheusText(visible.map(streamMetrics)) };
}

/** What Prometheus gets of a stream. */
export function streamMetrics(stream: ServedStream): StreamMetrics {
  const { name, edge, published, departed } = stream;
  return { stream: name, edge, published, viewers: stream.metrics(), departed };
}

async function respond(
  route: Route,
  http: HttpStreams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { about } = route;
  if (about.length === 0 && !route.isList) {
    send(response, 404, text("no such stream\n"));
    return;
  }
  const may = await Promise.all(about.map((stream) => mayView(stream, http.authTimeout, request)));
  // Meanwhile the client may have gone, or a timeout of the application may have answered it.
  if (response.headersSent || response.destroyed) return;
  const visible = about.filter((_, at) => may[at]);
  if (about.length > 0 && visible.length === 0) {
    response.setHeader("WWW-Authenticate", "Bearer");
    send(response, 401, text("unauthorized\n"));
    return;
  }
  send(response, 200, route.body(visible, request));
}

async function mayView(
  stream: ServedStream,
  seconds: number,
  request: IncomingMessage,
): Promise<boolean> {
  const { authenticate } = stream;
  if (authenticate === undefined) return true;
  let timer: Disposable | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = patientDelay(nodeRuntime, seconds, () => resolve(null));
  });
  try {
    const context = authContext(request, stream.name, undefined);
    const asked = Promise.resolve().then(() => authenticate(context));
    return isAccepted(await Promise.race([asked, timeout]));
  } catch (error) {
    stream.reportError(error, "authenticate");
    return false;
  } finally {
    timer?.dispose();
  }
}
