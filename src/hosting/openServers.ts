import type { Server as HttpServer } from "node:http";

interface OpenServer {
  readonly port: number;
  close(): Promise<void>;
}

/** The servers of this process that listen on a port of their own. */
const open = new Set<OpenServer>();

/** Remembers a server until it has stopped listening. */
export function rememberServer(server: OpenServer, http: HttpServer): void {
  open.add(server);
  http.once("close", () => open.delete(server));
}

/** Whether a server of this process listens on a port. */
export function isOurPort(port: number): boolean {
  return [...open].some((server) => server.port === port);
}

/**
 * Closes everything that `serve()` and `serve_server()` have opened in this process, also what no
 * variable holds any more because its cell was run again.
 */
export async function close_all(): Promise<void> {
  await Promise.all([...open].map((server) => server.close()));
}
