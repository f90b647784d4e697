/** Serves a folder of files on this machine, as any web server would. */
import { createReadStream, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { listen, type ListeningServer } from "./listen";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** A server of files. */
export type StaticServer = ListeningServer;

/** Starts a server on a free port of 127.0.0.1. What isn't a file is 404. */
export function serveFolder(folder: string): Promise<StaticServer> {
  return listen((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = join(folder, normalize(decodeURIComponent(pathname)));
    const file = pathname.endsWith("/") ? join(path, "index.html") : path;
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      response.writeHead(404).end("not found");
      return;
    }
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    createReadStream(file).pipe(response);
  });
}
