/**
 * Serves a page and the picture in it.
 *
 *   node server.mjs [port]     then open the address that it prints
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { attach } from "jupyter-rfb-ts/server";
import { Waves } from "./waves.mjs";

// The element's module imports the client's, and that imports nothing: no bundler is needed.
const files = {
  "/": [new URL("index.html", import.meta.url), "text/html"],
  "/element.mjs": [new URL(import.meta.resolve("jupyter-rfb-ts/element")), "text/javascript"],
  "/index.mjs": [new URL(import.meta.resolve("jupyter-rfb-ts/client")), "text/javascript"],
};

const http = createServer(async (request, response) => {
  const [file, type] = files[request.url] ?? [];
  if (file === undefined) response.writeHead(404).end("not found");
  else {
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.end(await readFile(file));
  }
});

const hub = attach(http, { path: "/rfb" });
hub.add_stream("waves", new Waves());

http.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
  console.log(`open http://127.0.0.1:${http.address().port}/`);
});

process.once("SIGINT", stop).once("SIGTERM", stop);
async function stop() {
  await hub.close();
  http.closeAllConnections();
  http.close(() => process.exit());
}
