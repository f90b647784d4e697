"use strict";
/**
 * The measured half in the tslab kernel. The benchmark controls it over a TCP connection, with a JSON line for each command
 * and each answer, so that it adds no Jupyter message to those that are measured. theirs.py is its counterpart.
 */
const { readFileSync } = require("node:fs");
const { connect } = require("node:net");
const { createInterface } = require("node:readline");
const { setTimeout: sleep } = require("node:timers/promises");
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");
const { checksum, InputLog, paintMarker } = require("../lib/marker.cjs");

/** Side of the box that moves, in pixels. */
const BOX = 200;

/** Without a collection, V8 keeps what is no longer used until it needs the memory. */
setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc");

/** Starts the commands' connection.
 * @param {{ port: number, side: string, lib: string }} place the benchmark's port, which side this is, the built package */
exports.start = function start({ port, side, lib }) {
  const { RemoteFrameBuffer } = require(`${lib}/kernel/index.js`);
  const { getKernel } = require(`${lib}/widgets/kernel.js`);
  const { relay } = require("./relay.cjs");

  class Measured extends RemoteFrameBuffer {
    meter = { sent: new Map(), acked: 0, bytes: 0, frames: 0, draws: 0, roundTrips: [], last: {} };
    pictures = [];
    shape = [1, 1, 3];
    next = 0;
    mode = "cycle";
    isLooping = false;
    input = new InputLog();
    /** What get_frame() gave last. */
    drawn = new Uint8Array();

    get_frame() {
      this.meter.draws += 1;
      if (this.isLooping) this.request_draw();
      this.drawn = this.pixels();
      return { data: this.drawn, shape: this.shape };
    }

    pixels() {
      const { pictures } = this;
      if (this.mode === "same") return pictures[0];
      if (this.mode === "box") return this.moveBox();
      const pixels = pictures[this.next++ % pictures.length];
      if (this.mode === "marker") paintMarker(pixels, this.shape[1], this.input.moves);
      return pixels;
    }

    handle_event(event) {
      if (this.mode === "marker" && this.input.record(event)) this.request_draw();
    }

    moveBox() {
      const [height, width] = this.shape;
      const [picture] = this.pictures;
      this.canvas ??= Uint8Array.from(picture);
      const { canvas } = this;
      const paint = (paintRow) => {
        const start = (this.boxAt ?? 0) * 7;
        const left = start % (width - BOX);
        const top = (start >> 1) % (height - BOX);
        for (let y = top; y < top + BOX; y += 1) {
          const at = (y * width + left) * 3;
          paintRow(at, at + BOX * 3);
        }
      };
      paint((from, to) => canvas.set(picture.subarray(from, to), from));
      this.boxAt = (this.boxAt ?? 0) + 1;
      paint((from, to) => canvas.fill(40 + (this.boxAt % 2) * 160, from, to));
      return canvas;
    }

    send(content, buffers) {
      if (content?.type === "framebufferdata") {
        const { meter } = this;
        const bytes = buffers?.length
          ? buffers.reduce((sum, part) => sum + part.byteLength, 0)
          : (content.data_b64?.length ?? 0);
        meter.sent.set(content.index, { at: content.timestamp, bytes });
        meter.last = { index: content.index, lossless: content.mimetype === "image/png" };
      }
      super.send(content, buffers);
    }

    receive(content) {
      if (content?.type !== "frame_feedback") return;
      const { meter } = this;
      const now = Date.now() / 1000;
      for (const [index, { at, bytes }] of meter.sent) {
        if (index > content.index) break;
        meter.sent.delete(index);
        meter.frames += 1;
        meter.bytes += bytes;
        if (index === content.index) meter.roundTrips.push((now - at) * 1000);
      }
      meter.acked = content.index;
    }

    clear() {
      Object.assign(this.meter, { bytes: 0, frames: 0, draws: 0, roundTrips: [] });
    }
  }

  let widgets = [];
  let viewCount = 1;

  function load({ files, width, height }) {
    const read = files.map((file) => new Uint8Array(readFileSync(file)));
    for (const widget of widgets) {
      widget.pictures = read;
      widget.shape = [height, width, 3];
      widget.canvas = undefined;
    }
  }

  function totals() {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const handles = process.getActiveResourcesInfo().length;
    return { cpuMs: (user + system) / 1000, rss, heapUsed, handles };
  }

  const commands = {
    prepare({ pictures, count = 1, views = 1, width, height, traits = {} }) {
      for (const widget of widgets) widget.close();
      viewCount = views;
      const missing = new Set();
      widgets = Array.from({ length: count }, () => {
        const widget = new Measured({ css_width: `${width}px`, css_height: `${height}px` });
        widget.on_msg((content) => widget.receive(content));
        for (const [name, value] of Object.entries(traits)) {
          if (name in widget) widget[name] = value;
          else missing.add(name);
        }
        return widget;
      });
      load(pictures);
      return { missing: [...missing] };
    },
    pictures({ pictures }) {
      load(pictures);
    },
    traits({ traits }) {
      for (const widget of widgets) Object.assign(widget, traits);
    },
    /** Draws as fast as the view takes it. */
    async loop({ seconds, warmup, mode = "cycle", frames }) {
      for (const widget of widgets) {
        widget.mode = mode;
        widget.isLooping = true;
        widget.request_draw();
      }
      await sleep(warmup * 1000);
      for (const widget of widgets) widget.clear();
      const before = totals();
      const start = performance.now();
      if (frames === undefined) await sleep(seconds * 1000);
      else while (widgets[0].meter.frames < frames) await sleep(20);
      const elapsed = (performance.now() - start) / 1000;
      const after = totals();
      const result = {
        seconds: elapsed,
        cpuMs: after.cpuMs - before.cpuMs,
        widgets: widgets.map(({ meter }) => ({
          frames: meter.frames,
          draws: meter.draws,
          bytes: meter.bytes,
          roundTrips: meter.roundTrips,
        })),
        stats: widgets[0].get_stats(),
      };
      for (const widget of widgets) widget.isLooping = false;
      return result;
    },
    /** Draws at each pointer_move, with a marker; with `moving`, all the time. */
    marker({ moving }) {
      for (const widget of widgets) {
        widget.mode = "marker";
        widget.isLooping = moving;
        widget.request_draw();
      }
    },
    /** Stops drawing, and waits until the last picture has arrived losslessly, or for `seconds`. */
    async settle({ seconds = 4 } = {}) {
      for (const widget of widgets) widget.isLooping = false;
      const end = performance.now() + seconds * 1000;
      const done = ({ meter: { last, acked } }) =>
        last.index === undefined || (last.lossless && acked >= last.index);
      while (!widgets.every(done) && performance.now() < end) await sleep(20);
    },
    /** How pictures are sent, and what was held. */
    state() {
      const [{ input }] = widgets;
      const { quality, scale } = widgets[0].get_stats();
      return { quality, scale, held: input.held };
    },
    /** What was drawn last. */
    drawn() {
      return { checksum: checksum(widgets[0].drawn) };
    },
    memory() {
      collectGarbage();
      return totals();
    },
    async relay(options) {
      return relay(getKernel(), options);
    },
    close() {
      for (const widget of widgets) widget.close();
      widgets = [];
    },
  };

  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  socket.write(`${JSON.stringify({ hello: side })}\n`);
  socket.on("error", () => undefined);
  createInterface({ input: socket }).on("line", async (line) => {
    const { id, op, args } = JSON.parse(line);
    let answer;
    try {
      answer = { id, result: (await commands[op](args ?? {})) ?? null };
    } catch (error) {
      answer = { id, error: error instanceof Error ? String(error.stack) : String(error) };
    }
    socket.write(`${JSON.stringify(answer)}\n`);
  });

  return {
    /** Shows what was prepared, in the cell that calls it. */
    show() {
      for (const widget of widgets) {
        for (let view = 0; view < viewCount; view += 1) {
          getKernel().display(widget[Symbol.for("Jupyter.display")]());
        }
      }
    },
  };
};
