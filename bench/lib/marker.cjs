"use strict";
/** The marker by which the page recognizes which input a picture answers. */
const { crc32 } = require("node:zlib");

/** Side of the marker, whose middle the page looks at, in pixels. At a quarter of the size it is a block of JPEG with 4:2:0: the picture next to it
 * doesn't change its colours. */
const MARKER = 64;

/** Paints a number into the upper left corner of a picture, as a colour.
 * @param {Uint8Array} pixels RGB
 * @param {number} width in pixels
 * @param {number} number its six lowest bits are shown */
exports.paintMarker = function paintMarker(pixels, width, number) {
  const code = number & 63;
  const colour = [code & 3, (code >> 2) & 3, code >> 4].map((level) => level * 85);
  const row = Buffer.alloc(MARKER * 3, Buffer.from(colour));
  for (let y = 0; y < MARKER; y += 1) pixels.set(row, y * width * 3);
};

/** The events that begin or end something held. */
const HELD = ["pointer_down", "pointer_up", "key_down", "key_up"];

/** What both routes' sources note of the input. */
exports.InputLog = class InputLog {
  /** Moves of the pointer so far. */
  moves = 0;
  /** The events that begin or end something held, in their order. @type {string[]} */
  held = [];

  /** @param {{ event_type: string }} event
   * @returns {boolean} whether a move came, which the next picture is to show */
  record({ event_type }) {
    if (HELD.includes(event_type)) this.held.push(event_type);
    if (event_type === "pointer_move") this.moves += 1;
    return event_type === "pointer_move";
  }
};

/** The checksum by which the page compares its picture with this one.
 * @param {Uint8Array} pixels RGB */
exports.checksum = (pixels) => crc32(pixels);
