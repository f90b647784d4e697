import type { Server as HttpServer } from "node:http";
import { isOurPort } from "./openServers";

/**
 * Makes a server listen.
 *
 * @throws Error (as a rejection) that says why it can't and what to do
 */
export function listen(http: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(
        new Error(`Cannot listen on ${host}:${port}: ${reasonOf(error, port)}`, { cause: error }),
      );
    };
    http.once("error", onError);
    http.listen(port, host, () => {
      http.off("error", onError);
      resolve();
    });
  });
}

/** The port that a server listens on; undefined if it doesn't listen. */
export function portOf(http: HttpServer): number | undefined {
  const address = http.address();
  return typeof address === "object" ? address?.port : undefined;
}

/** The host for URLs on this machine, for a server that listens on `host`. */
export function hostForUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function reasonOf({ code, message }: NodeJS.ErrnoException, port: number): string {
  switch (code) {
    case "EADDRINUSE":
      if (isOurPort(port)) {
        return "an earlier call in this process, such as that of a cell run before, uses that port; close it with await close_all() from jupyter-rfb-ts/server, or choose another port (0 for one that is free)";
      }
      return "another program uses that port; end it, or choose another port (0 for one that is free)";
    case "EACCES":
      return "that requires more rights; choose a port from 1024 up";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "this machine has no such address";
    default:
      return message;
  }
}
