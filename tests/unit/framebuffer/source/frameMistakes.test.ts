/** What is said about things that aren't frames: what they are, and what to write instead. */
import { describe, expect, it } from "vitest";
import { viewFrame } from "../../../../src/framebuffer/source/frame";

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 1, 2);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]);
const CANVAS = {
  width: 300,
  height: 200,
  getContext: () => null,
  toBuffer: () => PNG,
  data: () => new Uint8Array(300 * 200 * 4),
};
const RGB = { shape: [2, 3, 3] };
const GET_PIXELS = "frameFromCanvas(canvas), which jupyter-rfb-ts exports";

function messageFor(frame: unknown): string {
  try {
    viewFrame(frame);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It is a frame");
}

describe("in place of a frame", () => {
  it.each<[string, unknown, string]>([
    ["bytes", new Uint8Array(18), "a Uint8Array of length 18; return { data: pixels, shape:"],
    ["floats", new Float32Array(18), "a Float32Array of length 18; return { data: pixels, shape:"],
    ["a PNG", PNG, `an encoded PNG of 14 bytes; return its pixels; for a canvas: ${GET_PIXELS}`],
    ["a JPEG", JPEG, "an encoded JPEG of 6 bytes"],
    ["a GIF", Buffer.from("GIF89a"), "an encoded GIF of 6 bytes"],
    ["a WebP", Buffer.from("RIFF\n\0\0\0WEBPVP8 "), "an encoded WebP of 16 bytes"],
    ["a data URL", "data:image/png;base64,iVBORw0KGgo=", "a data URL of an encoded png"],
    ["a canvas", CANVAS, `a canvas; return ${GET_PIXELS}`],
    [
      "a canvas's context",
      { canvas: CANVAS, getImageData: () => null },
      "a canvas's context; return context.getImageData(0, 0, width, height)",
    ],
    [
      "nested arrays",
      Array.from({ length: 20 }, () => Array.from({ length: 30 }, () => [255, 0, 0])),
      "an array of 20 x 30 x 3 values; return { data: Uint8Array.from(pixels.flat(2)), shape: [20, 30, 3] }",
    ],
    [
      "an array of rows",
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      "an array of 2 x 3 values; return { data: Uint8Array.from(pixels.flat(1)), shape: [2, 3] }",
    ],
    [
      "a plain array",
      [1, 2],
      "return { data: Uint8Array.from(pixels), shape: [height, width, 3] }",
    ],
    ["a method", () => RGB, "a function; call it"],
    [
      "no shape",
      { data: new Uint8Array(18) },
      "an object with data; add shape: [height, width, 3]",
    ],
    ["other names", { pixels: 1, size: 2 }, "an object with pixels, size"],
  ])("%s", (_what, frame, text) => {
    const message = messageFor(frame);
    expect(message).toMatch(
      /^frame: expected \{ data, shape: .* or \{ data, width, height \}, got /,
    );
    expect(message).toContain(text);
  });
});

describe("in place of a frame's bytes", () => {
  it.each<[string, unknown, string]>([
    [
      "a Promise",
      Promise.resolve(PNG),
      "a Promise; declare get_frame() as async and write data: await",
    ],
    ["a method", CANVAS.data, "a function; call it"],
    ["an array", [1, 2, 3], "[1, 2, 3]; convert it with Uint8Array.from(data)"],
    ["nested arrays", [[[1], [2]]], "convert it with Uint8Array.from(data.flat(2))"],
    ["a canvas", CANVAS, `a canvas; return ${GET_PIXELS}`],
    [
      "words",
      new Uint32Array(6),
      "a Uint32Array of length 6; add range: [0, 4294967295], the values that are black and white; for packed pixels wrap their memory: new Uint8Array(data.buffer",
    ],
    ["16 bits", new Uint16Array(6), "add range: [0, 65535], the values that are black and white"],
    ["signed bytes", new Int8Array(18), "add range: [-128, 127]"],
    ["big integers", new BigUint64Array(18), "convert it to bytes, 0..255"],
    ["a DataView", new DataView(new ArrayBuffer(18)), "wrap it as a Uint8Array"],
    ["a data URL", "data:image/jpeg;base64,", "a data URL of an encoded jpeg"],
    [
      "floats",
      new Float64Array(18),
      "a Float64Array of length 18; add range: [0, 1], the values that are black and white",
    ],
  ])("%s", (_what, data, text) => {
    const message = messageFor({ ...RGB, data });
    expect(message).toMatch(/^frame\.data: expected a Uint8Array, .*, got /);
    expect(message).toContain(text);
  });

  it("a PNG with the shape of its picture", () => {
    expect(messageFor({ ...RGB, data: PNG })).toContain(
      "expected 18 bytes for the shape [2, 3, 3], got an encoded PNG of 14 bytes",
    );
  });
});

describe("the shape for bytes of another length", () => {
  it.each<[string, number, readonly number[], string]>([
    ["gray", 6, [2, 3, 3], "got 6, which fits shape: [2, 3]"],
    ["RGB", 18, [2, 3, 4], "got 18, which fits shape: [2, 3, 3]"],
    ["RGBA", 24, [2, 3], "got 24, which fits shape: [2, 3, 4]"],
    ["in device pixels", 4 * 18, [2, 3, 3], "got 72, which fits shape: [4, 6, 3]"],
    ["in logical pixels", 600 * 300 * 4, [450, 900, 4], "which fits shape: [300, 600, 4]"],
    [
      "with WebGPU's rows",
      2 * 512,
      [2, 100, 4],
      "which fits rows padded to 512 bytes: add strides: [512, 4, 1]",
    ],
    ["with WebGPU's rows but the last", 512 + 400, [2, 100, 4], "add strides: [512, 4, 1]"],
  ])("%s", (_what, length, shape, text) => {
    expect(messageFor({ data: new Uint8Array(length), shape })).toContain(text);
  });

  it("is left open where none fits", () => {
    expect(messageFor({ data: new Uint8Array(17), shape: [2, 3, 3] })).toMatch(/got 17$/);
    expect(messageFor({ data: new Uint8Array(0), shape: [2, 3, 3] })).toMatch(/got 0$/);
  });

  it("can be used as it was said", () => {
    const data = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
    const frame = viewFrame({ data, shape: [2, 100, 4], strides: [512, 4, 1] });
    expect([...frame.data]).toEqual([...data.subarray(0, 400), ...data.subarray(512, 912)]);
  });
});

it("shows how planes are written, for channels that come first", () => {
  const data = Uint8Array.from({ length: 18 }, (_, index) => index);
  expect(messageFor({ data, shape: [3, 2, 9] })).toContain(
    "got 9; the channels come last; for planes write shape: [2, 9, 3], strides: [9, 1, 18]",
  );
  const { data: pixels } = viewFrame({ data, shape: [2, 3, 3], strides: [3, 1, 6] });
  expect([...pixels.subarray(0, 6)]).toEqual([0, 6, 12, 1, 7, 13]);
});
