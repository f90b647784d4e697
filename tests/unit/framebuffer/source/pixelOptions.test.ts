/** The order of a frame's channels, and the range of its values. */
import fc from "fast-check";
import ndarray from "ndarray";
import { describe, expect, it } from "vitest";
import { viewFrame, type Frame } from "../../../../src/framebuffer";

const bytesOf = (frame: Frame): number[] => [...viewFrame(frame).data];

describe("the format", () => {
  const [one, two] = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];
  const four = Uint8Array.from([...one, ...two]);

  it.each<[string, Frame, number[]]>([
    ["gray", { data: four, shape: [2, 4], format: "gray" }, [...four]],
    ["rgb", { data: four.subarray(1, 7), shape: [1, 2, 3], format: "rgb" }, [2, 3, 4, 5, 6, 7]],
    ["bgr", { data: four.subarray(1, 7), shape: [1, 2, 3], format: "bgr" }, [4, 3, 2, 7, 6, 5]],
    ["rgba", { data: four, shape: [1, 2, 4], format: "rgba" }, [...four]],
    ["bgra", { data: four, shape: [1, 2, 4], format: "bgra" }, [3, 2, 1, 4, 7, 6, 5, 8]],
    [
      "bgra as a canvas has it",
      { data: four, width: 1, height: 2, format: "bgra" },
      [3, 2, 1, 4, 7, 6, 5, 8],
    ],
    [
      "bgra of an ndarray",
      { ...ndarray(four, [2, 1, 4]), format: "bgra" },
      [3, 2, 1, 4, 7, 6, 5, 8],
    ],
    [
      "bgra upside down",
      { data: four, shape: [2, 1, 4], strides: [-4, 4, 1], offset: 4, format: "bgra" },
      [7, 6, 5, 8, 3, 2, 1, 4],
    ],
  ])("%s", (_what, frame, bytes) => {
    expect(bytesOf(frame)).toEqual(bytes);
  });

  it("leaves the user's pixels as they are", () => {
    const data = four.slice();
    viewFrame({ data, shape: [1, 2, 4], format: "bgra" });
    expect([...data]).toEqual([...four]);
  });

  it.each<[string, object, ErrorConstructor, string]>([
    ["a number", { format: 4 }, TypeError, 'frame.format: expected one of "gray", "rgb", '],
    ["capitals", { format: "BGRA" }, RangeError, 'got "BGRA"; did you mean bgra?'],
    [
      "a texture's",
      { format: "bgra8unorm-srgb" },
      RangeError,
      'got "bgra8unorm-srgb"; did you mean bgra?',
    ],
    ["an unknown one", { format: "yuv420p" }, RangeError, '"bgr", "bgra", got "yuv420p"'],
    [
      "four channels of three",
      { shape: [1, 2, 3], format: "bgra" },
      RangeError,
      'frame.format: expected a format of 3 channels, as the shape has, got "bgra" of 4; write format: "bgr", or a shape with 4 channels',
    ],
    ["three of four", { format: "rgb" }, RangeError, 'write format: "rgba"'],
    ["colours of gray", { shape: [2, 4], format: "bgr" }, RangeError, 'format: "gray"'],
    ["gray of colours", { format: "gray" }, RangeError, 'write format: "rgba"'],
  ])("is refused with what to write: %s", (_what, fields, kind, text) => {
    const view = (): unknown => viewFrame({ data: four, shape: [1, 2, 4], ...fields });
    expect(view).toThrow(kind);
    expect(view).toThrow(text);
  });
});

describe("the range", () => {
  it.each<[string, Frame, number[]]>([
    [
      "floats, clamped and rounded",
      { data: Float32Array.of(-1, 0, 0.5, 1, 2, Infinity), shape: [1, 6], range: [0, 1] },
      [0, 0, 128, 255, 255, 255],
    ],
    [
      "NaN as the minimum",
      { data: Float64Array.of(NaN, -Infinity, 9), shape: [1, 3], range: [-9, 9] },
      [0, 0, 255],
    ],
    [
      "16 bits",
      { data: Uint16Array.of(0, 257, 65535), shape: [1, 3], range: [0, 65535] },
      [0, 1, 255],
    ],
    [
      "signed 16 bits",
      { data: Int16Array.of(-2, 0, 2), shape: [1, 3], range: [-2, 2] },
      [0, 128, 255],
    ],
    [
      "32 bits",
      { data: Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1), shape: [1, 3], range: [0, 2 ** 32 - 1] },
      [0, 128, 255],
    ],
    [
      "signed 32 bits",
      {
        data: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1),
        shape: [1, 3],
        range: [-(2 ** 31), 2 ** 31],
      },
      [0, 128, 255],
    ],
    [
      "signed bytes",
      { data: Int8Array.of(-128, 0, 127), shape: [1, 3], range: [-128, 127] },
      [0, 128, 255],
    ],
    ["bytes", { data: Uint8Array.of(0, 1, 2), shape: [1, 3], range: [0, 1] }, [0, 255, 255]],
    [
      "a Buffer",
      { data: Buffer.from([10, 15, 20]), shape: [1, 3], range: [10, 20] },
      [0, 128, 255],
    ],
    [
      "a canvas's numbers",
      { data: Float32Array.of(0, 0.2, 1, 1), width: 1, height: 1, range: [0, 1] },
      [0, 51, 255, 255],
    ],
    [
      "an ndarray, transposed",
      { ...ndarray(Float32Array.of(0, 1, 2, 3), [2, 2]).transpose(1, 0), range: [0, 3] },
      [0, 170, 85, 255],
    ],
    [
      "with BGRA",
      { data: Float32Array.of(0, 0.2, 1, 0.4), shape: [1, 1, 4], range: [0, 1], format: "bgra" },
      [255, 51, 0, 102],
    ],
    [
      "ends far apart",
      { data: Float64Array.of(-8e307, 4e307, 8e307), shape: [1, 3], range: [-8e307, 8e307] },
      [0, 191, 255],
    ],
  ])("maps %s", (_what, frame, bytes) => {
    expect(bytesOf(frame)).toEqual(bytes);
  });

  const END = "expected [min, max], two finite numbers with min < max, such as [0, 1], got";

  it.each<[string, unknown, ErrorConstructor, string]>([
    ["a number", 1, TypeError, `frame.range: ${END} 1`],
    ["one number", [1], RangeError, `frame.range: ${END} [1]`],
    ["texts", ["0", "1"], TypeError, `frame.range: ${END} ["0", "1"]`],
    ["NaN", [0, NaN], RangeError, `frame.range: ${END} [0, NaN]`],
    ["no end", [0, Infinity], RangeError, `frame.range: ${END} [0, Infinity]`],
    ["ends too far apart", [-1.7e308, 1.7e308], RangeError, `frame.range: ${END} [-1.7e+308`],
    ["an empty one", [1, 1], RangeError, `frame.range: ${END} [1, 1]`],
    ["a swapped one", [1, 0], RangeError, "got [1, 0]; write range: [0, 1]"],
    ["all values", [0, 1, 2, 3, 4], RangeError, `${END} an array of length 5`],
  ])("is refused: %s", (_what, range, kind, text) => {
    const view = (): unknown => viewFrame({ data: new Float32Array(6), shape: [2, 3], range });
    expect(view).toThrow(kind);
    expect(view).toThrow(text);
  });

  it.each<[string, unknown, string]>([
    ["a list", [0.5], "such as a Float32Array, got [0.5]; convert it with Float32Array.from(data)"],
    ["big integers", new BigInt64Array(1), "got a BigInt64Array of length 1; convert it to bytes"],
    ["a DataView", new DataView(new ArrayBuffer(4)), "got a DataView of 4 bytes"],
    ["plain memory", new ArrayBuffer(4), "wrap it as a Float32Array"],
    ["too few numbers", new Float32Array(3), "expected 1 values for the shape [1, 1, 1], got 3"],
  ])("doesn't make numbers of %s", (_what, data, text) => {
    expect(() => viewFrame({ data, shape: [1, 1], range: [0, 1] })).toThrow(text);
  });
});

it("format, range and strides agree with a plain loop", () => {
  const frames = fc.record({
    ...{ height: fc.integer({ min: 1, max: 4 }), width: fc.integer({ min: 1, max: 5 }) },
    format: fc.constantFrom("gray", "rgb", "rgba", "bgr", "bgra"),
    range: fc.option(fc.constantFrom([0, 255], [-10, 90], [0.25, 0.5]), { freq: 1 }),
    type: fc.constantFrom(Uint8Array, Uint8ClampedArray, Float32Array, Uint16Array, Int32Array),
    ...{ rowGap: fc.integer({ min: 0, max: 5 }), columnGap: fc.nat(2), planes: fc.boolean() },
    ...{ before: fc.nat(5), isFlipped: fc.boolean(), isTight: fc.boolean() },
    seed: fc.integer({ min: 1, max: 250 }),
  });
  let words = 0;
  fc.assert(
    fc.property(frames, (drawn) => {
      const { height, width, format, before, isFlipped, isTight, seed, planes } = drawn;
      const channels = format.length === 4 && format !== "gray" ? 4 : format === "gray" ? 1 : 3;
      const pixel = channels + (isTight ? 0 : drawn.columnGap);
      const row = width * pixel + (isTight ? 0 : drawn.rowGap);
      const isPlanar = planes && !isTight;
      const [rowStep, columnStep, channelStep] = isPlanar
        ? [width, 1, width * height]
        : [row, pixel, 1];
      const size = isPlanar ? width * height * channels : row * height;
      const type = drawn.range === null ? Uint8Array : drawn.type;
      // What lies before makes addresses that are no multiples of four.
      const memory = new type(before + size);
      const data = memory.subarray(before);
      for (let at = 0; at < size; at += 1) data[at] = (at * seed) % 251;
      const strides = [isFlipped ? -rowStep : rowStep, columnStep, channelStep];
      const offset = isFlipped ? (height - 1) * rowStep : 0;
      const order = {
        gray: [0],
        rgb: [0, 1, 2],
        rgba: [0, 1, 2, 3],
        bgr: [2, 1, 0],
        bgra: [2, 1, 0, 3],
      };
      const expected: number[] = [];
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          for (const channel of order[format]) {
            const line = isFlipped ? height - 1 - y : y;
            const value = data[line * rowStep + x * columnStep + channel * channelStep] ?? NaN;
            const [min = 0, max = 255] = drawn.range ?? [];
            const share = (value - min) * (255 / (max - min));
            expected.push(Uint8ClampedArray.of(share)[0] ?? NaN);
          }
        }
      }
      if (format === "bgra" && isTight && drawn.range === null && before % 4 === 0) words += 1;
      const shape = channels === 1 ? [height, width] : [height, width, channels];
      const steps = channels === 1 ? strides.slice(0, 2) : strides;
      const range = drawn.range ?? undefined;
      const frame = { data, shape, strides: steps, offset, format, range } as Frame;
      expect(bytesOf(frame)).toEqual(expected);
    }),
    { numRuns: 600 },
  );
  expect(words).toBeGreaterThan(3);
});
