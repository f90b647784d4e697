/** Serves a page in which a stream can be shown. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { at } from "../../scripts/lib/paths.mjs";
import { listenAnywhere } from "../../scripts/lib/ports.mjs";

/** @param {string} widget the program of another client, at /theirs.js
 * @returns {Promise<{ origin: string, close: () => void }>} */
export async function servePage(widget = "") {
  const page = `<!doctype html><title>bench</title><body style="margin:0"><div id="stage"></div>`;
  const server = createServer((request, response) => {
    const isScript = request.url?.endsWith(".js") === true;
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    if (request.url === "/ours.js") response.end(readFileSync(at("lib/client/index.js")));
    else response.end(isScript ? widget : page);
  });
  const port = await listenAnywhere(server);
  return { origin: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}
