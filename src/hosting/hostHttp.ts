import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { send, text } from "./httpAnswer";
import { sendNotFound } from "./notFound";
import type { ServerOptions } from "./options";

/** What an HTTP server of its own serves. */
export interface HostedStreams {
  readonly hasPage: boolean;
  /** The path of the streams: "" or one such as "/rfb". */
  readonly path: string;
  hasStreamAt(url: string | undefined): boolean;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
}

/** Gives streams everything that comes to an HTTP server, and the rest to the user's function. */
export function hostHttp(
  http: HttpServer,
  streams: HostedStreams,
  onRequest: NonNullable<ServerOptions["on_request"]>,
): void {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (streams.handleRequest(request, response)) return;
    // It may be an async function, whatever its type says.
    const isAnswered: unknown = onRequest(request, response);
    if ((await isAnswered) || response.headersSent) return;
    const isStream = streams.hasStreamAt(request.url);
    const { hasPage, path } = streams;
    sendNotFound({ isStream, hasPage, path }, request, response);
  };
  http.on("upgrade", (request, socket, head) => streams.handleUpgrade(request, socket, head));
  http.on("request", (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A failing on_request must not end the process and all its streams.
      console.error("jupyter-rfb-ts, on_request:", error);
      if (response.headersSent) response.destroy();
      else send(response, 500, text("the server failed to answer\n"));
    });
  });
}

/** Stops listening, and ends what is left of connections. */
export function closeHttp(http: HttpServer): Promise<void> {
  http.closeAllConnections();
  return new Promise((resolve) => http.close(() => resolve()));
}
