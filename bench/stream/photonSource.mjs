/**
 * Serves pictures with a marker that each pointer move changes, and says when what was done: JSON lines on stdin, answers on stdout.
 * Times are in milliseconds since the epoch.
 */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { at } from "../../scripts/lib/paths.mjs";

const require = createRequire(import.meta.url);
const { serve } = require(at("lib", "server", "index.js"));
const { WebSocket } = require("ws");

/** Side of the marker, in pixels. */
const MARKER = 64;
/** How many sent frames are remembered. */
const REMEMBERED = 100;

const now = () => performance.timeOrigin + performance.now();

/** When a frame was handed to the socket, by its number. @type {Map<number, number>} */
const sent = new Map();
const { send } = WebSocket.prototype;
/** @param {unknown} data
 * @param {any[]} rest */
WebSocket.prototype.send = function (data, ...rest) {
  // A frame's header goes before its bytes, in a part of its own.
  if (data instanceof Uint8Array && rest[0]?.fin === false) {
    const header = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const { seq } = JSON.parse(header.subarray(4, 4 + header.readUInt32LE(0)).toString());
    sent.set(seq, now());
    for (const old of sent.keys()) {
      if (sent.size <= REMEMBERED) break;
      sent.delete(old);
    }
  }
  return Reflect.apply(send, this, [data, ...rest]);
};

/** @type {any} */
let display;
/** @type {Uint8Array[]} */
let pictures = [];
let [width, height] = [0, 0];
let next = 0;
let isMoving = false;
let moves = 0;
/** What became of the newest move. @type {{ handled: number, began: number, drawn: number }} */
let newest = { handled: NaN, began: NaN, drawn: NaN };

/** @param {Uint8Array} pixels */
function paintMarker(pixels) {
  const code = moves & 63;
  const colour = [code & 3, (code >> 2) & 3, code >> 4].map((level) => level * 85);
  const row = Buffer.alloc(MARKER * 3, Buffer.from(colour));
  for (let y = 0; y < MARKER; y += 1) pixels.set(row, y * width * 3);
}

const source = {
  get_frame() {
    const began = now();
    if (isMoving) display.request_draw();
    const data = /** @type {Uint8Array} */ (pictures[next++ % pictures.length]);
    paintMarker(data);
    if (Number.isNaN(newest.began)) newest = { ...newest, began, drawn: now() };
    return { data, shape: [height, width, 3] };
  },
  handle_event(/** @type {{ event_type: string }} */ { event_type }) {
    if (event_type !== "pointer_move") return;
    moves += 1;
    newest = { handled: now(), began: NaN, drawn: NaN };
  },
};

/** @type {Record<string, (task: any) => unknown>} */
const tasks = {
  async serve({ files, ...size }) {
    pictures = files.map((/** @type {string} */ file) => new Uint8Array(readFileSync(file)));
    [width, height] = [size.width, size.height];
    isMoving = false;
    display = await serve(source, { port: 0, fps: 60, has_h264: false, still_after: null });
    return { url: display.ws_url };
  },
  move({ moving }) {
    isMoving = moving;
    display.request_draw();
    return {};
  },
  /** What became of the newest move, and when the frame that shows it was sent. */
  stages({ seq }) {
    return { ...newest, sent: sent.get(seq) ?? null };
  },
  async end() {
    await display.close();
    sent.clear();
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { task, ...rest } = JSON.parse(line);
  console.log(JSON.stringify(await tasks[task]?.(rest)));
}
