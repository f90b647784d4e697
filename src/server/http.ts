/** The side channel: what is to be known of the streams, over plain HTTP. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { authContext } from "./auth";
import type { Display } from "./display";
import { prometheusText } from "./metrics";

/** What the side channel knows. */
export interface HttpStreams {
  readonly streams: ReadonlyMap<string, Display>;
  /** Whether the request comes from where it may. */
  readonly isAllowed: boolean;
  /** Seconds that `authenticate` may take. */
  readonly authTimeout: number;
}

/** What Prometheus asks for. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Answer = { readonly type: string; readonly body: string };

/**
 * Answers a request, if it is one of the side channel's.
 *
 * @param path - what follows the hub's own path
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
    send(response, 403, text("forbidden: this page may not ask\n"));
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    send(response, 405, text("expected GET\n"));
  } else {
    void respond(route, http, request, response);
  }
  return true;
}

interface Route {
  /** The streams that the asker must be allowed to look at; undefined where everybody may ask. */
  readonly about: readonly Display[] | undefined;
  /** @param visible - those of them that the asker may look at */
  body(visible: readonly Display[], request: IncomingMessage): Answer;
  /** Whether there is an answer without any of them. */
  readonly isList: boolean;
}

function findRoute(path: string, { streams }: HttpStreams): Route | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  const fallback = streams.get("default");
  const all = [...streams.values()];
  switch (parts.join("/")) {
    case "health":
      return { about: undefined, isList: true, body: () => text("ok\n") };
    case "streams":
      return { about: all, isList: true, body: (visible) => json(visible.map(describe)) };
    case "metrics":
      return { about: all, isList: true, body: metrics };
    case "recorded-events":
      return recorded(fallback, false);
    case "recorded-events/reset":
      return recorded(fallback, true);
  }
  const [first, name, last] = parts;
  if (first !== "streams" || name === undefined || parts.length !== 3) return undefined;
  const display = streams.get(name);
  if (last === "recorded-events") return recorded(display, false);
  if (last !== "metrics") return undefined;
  return { about: display === undefined ? [] : [display], isList: false, body: metrics };
}

function recorded(display: Display | undefined, isReset: boolean): Route {
  return {
    about: display === undefined ? [] : [display],
    isList: false,
    body: ([visible]) => {
      if (isReset) visible?.clearRecorded();
      return json(visible?.recorded ?? []);
    },
  };
}

function describe(display: Display): object {
  const { name, width, height, client_count: clients } = display;
  return { name, width, height, fps: display.settings.fps, clients };
}

/** As JSON a list of viewers; as text for whoever asks for that, or for `?format=prometheus`. */
function metrics(visible: readonly Display[], request: IncomingMessage): Answer {
  const isAsked = /[?&]format=prometheus(&|$)/.test(request.url ?? "");
  const isScraper = /text\/plain|openmetrics/.test(request.headers.accept ?? "");
  if (!isAsked && !isScraper) return json(visible.flatMap((display) => display.metrics()));
  const streams = visible.map((display) => ({ stream: display.name, viewers: display.metrics() }));
  return { type: PROMETHEUS_TYPE, body: prometheusText(streams) };
}

async function respond(
  route: Route,
  http: HttpStreams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (route.about?.length === 0 && !route.isList) {
    send(response, 404, text("no such stream\n"));
    return;
  }
  const about = route.about ?? [];
  const may = await Promise.all(about.map((one) => mayLook(one, http.authTimeout, request)));
  const visible = about.filter((_, at) => may[at]);
  if (about.length > 0 && visible.length === 0) {
    response.setHeader("WWW-Authenticate", "Bearer");
    send(response, 401, text("unauthorized\n"));
    return;
  }
  send(response, 200, route.body(visible, request));
}

async function mayLook(
  display: Display,
  seconds: number,
  request: IncomingMessage,
): Promise<boolean> {
  const { authenticate } = display.settings;
  if (authenticate === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), seconds * 1000);
  });
  try {
    const context = authContext(request, display.name, undefined);
    const asked = Promise.resolve().then(() => authenticate(context));
    const principal = await Promise.race([asked, timeout]);
    return principal !== null && principal !== undefined && principal !== false;
  } catch (error) {
    display.reportError(error, "authenticate");
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** An answer of plain text. */
export function text(body: string): Answer {
  return { type: "text/plain; charset=utf-8", body };
}

function json(value: unknown): Answer {
  return { type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}

/** Sends an answer. */
export function send(response: ServerResponse, status: number, { type, body }: Answer): void {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
