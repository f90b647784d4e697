/** A page that shows a stream. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { at } from "../../scripts/lib/paths.mjs";

/** @param {string} [widget] the program of pdum.rfb's client
 * @returns {Promise<import("node:http").Server>} */
export async function servePage(widget = "") {
  const page = `<!doctype html><title>bench</title><body style="margin:0"><div id="stage"></div>`;
  const server = createServer((request, response) => {
    const isScript = request.url?.endsWith(".js") === true;
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    if (request.url === "/ours.js") response.end(readFileSync(at("lib/client/index.js")));
    else response.end(isScript ? widget : page);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return server;
}

/** Runs in the page: shows a stream by one of the clients.
 * @param {{ side: string, url: string, video: boolean, width: number, height: number }} options */
export async function showStream({ side, url, video, width, height }) {
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
  stage.style.width = `${width}px`;
  stage.style.height = `${height}px`;
  const module = await import(side === "ours" ? "/ours.js" : "/theirs.js");
  if (side === "ours") {
    new module.RemoteFramebufferView(stage, { url, imageOnly: !video });
    return;
  }
  /** @type {Record<string, unknown>} */
  const traits = { url, image_only: !video, show_toolbar: false, show_stats: false };
  const nothing = () => undefined;
  const get = (/** @type {string} */ name) => traits[name];
  const model = { get, set: nothing, save_changes: nothing, on: nothing, off: nothing };
  module.default.render({ model, el: stage });
  const viewport = /** @type {HTMLElement | null} */ (stage.querySelector(".rfb-viewport"));
  if (viewport !== null) Object.assign(viewport.style, { width: "100%", height: "100%" });
}
