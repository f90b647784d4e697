/** Serves a source that answers input, as ours.cjs shows one in a notebook: JSON lines on stdin, answers on stdout. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { at } from "../../scripts/lib/paths.mjs";

const require = createRequire(import.meta.url);
const { serve } = require(at("lib", "server", "index.js"));
const { checksum, InputLog, paintMarker } = require("../lib/marker.cjs");

/** Draws pictures in turn, each with the number of the newest move. */
class Source {
  input = new InputLog();
  isMoving = false;
  drawn = new Uint8Array();
  #next = 0;
  #pictures;
  #shape;
  /** @type {Set<{ onDrawRequest(): void }>} */
  #listeners = new Set();

  /** @param {{ files: readonly string[], width: number, height: number }} pictures */
  constructor({ files, width, height }) {
    this.#pictures = files.map((file) => new Uint8Array(readFileSync(file)));
    this.#shape = [height, width, 3];
  }

  get_frame() {
    if (this.isMoving) this.request();
    const pixels = this.#pictures[this.#next++ % this.#pictures.length] ?? new Uint8Array();
    paintMarker(pixels, this.#shape[1] ?? 0, this.input.moves);
    this.drawn = pixels;
    return { data: pixels, shape: this.#shape };
  }

  /** @param {{ event_type: string }} event */
  handle_event(event) {
    if (this.input.record(event)) this.request();
  }

  request() {
    for (const listener of this.#listeners) listener.onDrawRequest();
  }

  /** @param {{ onDrawRequest(): void }} listener */
  [Symbol.for("jupyter-rfb-ts.sourceListeners")](listener) {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}

/** @type {Source} */
let source;
/** @type {any} */
let display;

/** @type {Record<string, (task: any) => unknown>} */
const tasks = {
  async serve({ pictures, options }) {
    source = new Source(pictures);
    display = await serve(source, { port: 0, ...options });
    return { url: display.ws_url };
  },
  /** Draws all the time, or once more. */
  marker({ moving }) {
    source.isMoving = moving;
    source.request();
    return {};
  },
  state() {
    const { quality = 0, scale = 0 } = display.metrics()[0] ?? {};
    return { quality, scale, held: source.input.held };
  },
  drawn() {
    return { checksum: checksum(source.drawn) };
  },
  async end() {
    await display.close();
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { task, ...rest } = JSON.parse(line);
  console.log(JSON.stringify(await tasks[task]?.(rest)));
}
