import fc from "fast-check";
import ndarray from "ndarray";
import { describe, expect, it } from "vitest";
import {
  copyRawFrame,
  MAX_FRAME_SIDE,
  toRawFrame,
  type Frame,
} from "../../../../src/framebuffer/source/frame";

const counting = (length: number) => Uint8Array.from({ length }, (_, index) => index % 256);

describe("frames of every shape", () => {
  it.each([
    ["gray", { data: counting(6), shape: [2, 3] }, 1],
    ["gray with an axis of one", { data: counting(6), shape: [2, 3, 1] }, 1],
    ["RGB", { data: counting(18), shape: [2, 3, 3] }, 3],
    ["RGBA", { data: counting(24), shape: [2, 3, 4] }, 4],
    ["clamped bytes", { data: new Uint8ClampedArray(counting(18)), shape: [2, 3, 3] }, 3],
    ["a Buffer", { data: Buffer.from(counting(18)), shape: [2, 3, 3] }, 3],
    ["ImageData", { data: new Uint8ClampedArray(counting(24)), width: 3, height: 2 }, 4],
    ["ndarray", ndarray(counting(18), [2, 3, 3]), 3],
  ])("takes %s", (_name, frame: Frame, channels) => {
    const raw = toRawFrame(frame);
    expect(raw).toEqual({ data: counting(6 * channels), width: 3, height: 2, channels });
    expect(raw.data.constructor).toBe(Uint8Array);
  });

  it("takes a slice of a Buffer with an offset, not what lies around it", () => {
    const whole = Buffer.from(counting(40));
    const raw = toRawFrame({ data: whole.subarray(10, 28), shape: [2, 3, 3] });
    expect([...raw.data]).toEqual([...counting(40).slice(10, 28)]);
  });

  it("copies: the giver may draw over its bytes at once", () => {
    const data = counting(6);
    const raw = toRawFrame({ data, shape: [2, 3] });
    data.fill(99);
    expect([...raw.data]).toEqual([0, 1, 2, 3, 4, 5]);
    const copy = copyRawFrame(raw);
    copy.data.fill(7);
    expect([...raw.data]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("leaves out the gap at the end of each row", () => {
    const raw = toRawFrame({ data: counting(16), shape: [2, 3, 1], strides: [8, 1, 1] });
    expect([...raw.data]).toEqual([0, 1, 2, 8, 9, 10]);
  });

  it("turns a frame upside down by a negative stride with an offset", () => {
    const raw = toRawFrame({ data: counting(6), shape: [2, 3], strides: [-3, 1], offset: 3 });
    expect([...raw.data]).toEqual([3, 4, 5, 0, 1, 2]);
  });

  it("takes BGRA by a stride that runs backwards", () => {
    const raw = toRawFrame({
      data: counting(24),
      shape: [2, 3, 3],
      strides: [12, 4, -1],
      offset: 2,
    });
    expect([...raw.data.subarray(0, 9)]).toEqual([2, 1, 0, 6, 5, 4, 10, 9, 8]);
  });

  it("takes planes one after another", () => {
    const raw = toRawFrame({ data: counting(6), shape: [1, 2, 3], strides: [2, 1, 2] });
    expect([...raw.data]).toEqual([0, 2, 4, 1, 3, 5]);
  });

  it("repeats one row by a stride of 0", () => {
    const raw = toRawFrame({ data: counting(3), shape: [2, 3], strides: [0, 1] });
    expect([...raw.data]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it("reads any slice, step, flip and transposition of an ndarray as ndarray itself does", () => {
    const base = ndarray(counting(8 * 9 * 4), [8, 9, 4]);
    const step = fc.constantFrom(-2, -1, 1, 2);
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.nat(3),
        step,
        step,
        fc.boolean(),
        (top, left, down, right, swap) => {
          let view = base.lo(top, left).step(down, right);
          if (swap) view = view.transpose(1, 0, 2);
          const raw = toRawFrame(view);
          const expected: number[] = [];
          for (let y = 0; y < raw.height; y++)
            for (let x = 0; x < raw.width; x++)
              for (let channel = 0; channel < 4; channel++) expected.push(view.get(y, x, channel));
          expect([raw.height, raw.width]).toEqual(view.shape.slice(0, 2));
          expect([...raw.data]).toEqual(expected);
        },
      ),
    );
  });
});

describe("frames whose memory is gone", () => {
  /** Bytes whose memory was given to another thread. */
  function transferred<Data extends ArrayBufferView | ArrayBuffer>(data: Data): Data {
    const buffer = ArrayBuffer.isView(data) ? data.buffer : data;
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    return data;
  }

  it.each<[string, () => ArrayBufferView | ArrayBuffer]>([
    ["a Uint8Array", () => counting(18)],
    ["a Uint8ClampedArray", () => new Uint8ClampedArray(18)],
    ["a part of an array", () => counting(40).subarray(7, 25)],
    ["a Float32Array", () => new Float32Array(18)],
    ["a DataView", () => new DataView(new ArrayBuffer(18))],
    ["an ArrayBuffer", () => new ArrayBuffer(18)],
  ])("are refused with what to do: %s", (_what, make) => {
    const data = transferred(make());
    for (const frame of [
      { data, shape: [2, 3, 3] },
      { data, width: 3, height: 2 },
    ]) {
      expect(() => toRawFrame(frame)).toThrow(TypeError);
      expect(() => toRawFrame(frame)).toThrow(
        /^frame\.data: expected a Uint8Array, .*, got bytes whose memory is gone, .*; pass a copy/,
      );
    }
  });

  it("are told from empty ones", () => {
    expect(() => toRawFrame({ data: new Uint8Array(), shape: [2, 3, 3] })).toThrow("got 0");
  });
});

describe("frames that are none", () => {
  const rgb = { data: counting(18), shape: [2, 3, 3] };
  it.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    ["a number", 7, TypeError, "got 7"],
    ["a Promise", Promise.resolve(rgb), TypeError, "await it first"],
    ["no shape", { data: counting(18) }, TypeError, "got an object with data"],
    ["a shape that is no list", { ...rgb, shape: "2x3" }, TypeError, 'got "2x3"'],
    ["one axis", { ...rgb, shape: [18] }, RangeError, "got [18]"],
    ["two channels", { ...rgb, shape: [3, 3, 2] }, RangeError, "got 2"],
    [
      "a length that does not fit",
      { ...rgb, shape: [2, 4, 3] },
      RangeError,
      "expected 24 bytes for the shape [2, 4, 3], got 18",
    ],
    [
      "too long data",
      { ...rgb, shape: [2, 2, 3] },
      RangeError,
      "expected 12 bytes for the shape [2, 2, 3], got 18",
    ],
    [
      "an empty frame",
      { data: new Uint8Array(0), shape: [0, 3, 3] },
      RangeError,
      "an empty frame cannot be shown",
    ],
    ["a half pixel", { ...rgb, shape: [1.5, 4, 3] }, RangeError, "got 1.5"],
    ["NaN pixels", { ...rgb, shape: [NaN, 4, 3] }, RangeError, "got NaN"],
    ["a size in words", { ...rgb, shape: ["2", 3, 3] }, TypeError, 'got "2"'],
    [
      "a side too long",
      { data: new Uint8Array(MAX_FRAME_SIDE + 1), shape: [1, MAX_FRAME_SIDE + 1] },
      RangeError,
      "got 65501",
    ],
    [
      "more pixels than a browser shows",
      { data: counting(1), shape: [60000, 60000], strides: [0, 0] },
      RangeError,
      "got 60000 x 60000",
    ],
    [
      "floats",
      { data: new Float32Array(18), shape: [2, 3, 3] },
      TypeError,
      "got a Float32Array of length 18; add range: [0, 1]",
    ],
    [
      "words",
      { data: new Uint16Array(18), shape: [2, 3, 3] },
      TypeError,
      "got a Uint16Array of length 18",
    ],
    [
      "a bare ArrayBuffer",
      { data: new ArrayBuffer(18), shape: [2, 3, 3] },
      TypeError,
      "wrap it as a Uint8Array",
    ],
    ["a list", { data: [1, 2, 3], shape: [1, 1, 3] }, TypeError, "got [1, 2, 3]"],
    ["no data", { shape: [1, 1, 3] }, TypeError, "got undefined"],
    ["strides for other axes", { ...rgb, strides: [9, 3] }, RangeError, "expected 3 entries"],
    [
      "strides before the start",
      { ...rgb, strides: [-9, 3, 1] },
      RangeError,
      "expected the elements -9..8 for the shape [2, 3, 3]",
    ],
    [
      "strides beyond the end",
      { ...rgb, strides: [10, 3, 1] },
      RangeError,
      "with strides [10, 3, 1] and offset 0, got 18 elements",
    ],
    ["a stride in words", { ...rgb, strides: [9, "3", 1] }, TypeError, 'got "3"'],
    [
      "an offset that is no integer",
      { ...rgb, strides: [9, 3, 1], offset: 0.5 },
      RangeError,
      "got 0.5",
    ],
    [
      "ImageData of another size",
      { data: counting(24), width: 3, height: 3 },
      RangeError,
      "expected 36 bytes",
    ],
    [
      "ImageData without a height",
      { data: counting(24), width: 3 },
      TypeError,
      "frame height: expected an integer from 1 to 65500, got undefined",
    ],
    ["an ndarray of doubles", ndarray(new Float64Array(18), [2, 3, 3]), TypeError, "Float64Array"],
  ])("says what is wrong with %s", (_name, frame, kind, text) => {
    expect(() => toRawFrame(frame)).toThrow(kind);
    expect(() => toRawFrame(frame)).toThrow(text);
  });

  it("throws nothing but TypeError and RangeError, whatever comes, and what passes is whole", () => {
    const numbers = fc.oneof(fc.integer({ min: -4, max: 12 }), fc.double(), fc.constant(1e30));
    const lists = fc.array(fc.oneof(numbers, fc.anything()), { maxLength: 4 });
    const bytes = fc.uint8Array({ maxLength: 64 });
    const step = fc.integer({ min: -4, max: 12 });
    /** Right, or off by little. */
    const nearlyRight = fc
      .tuple(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(1, 3, 4),
      )
      .chain((shape) => {
        const length = shape.reduce((product, size) => product * size);
        return fc.oneof(
          fc.record({
            data: fc.constantFrom(length, length, length - 1, length + 1).map(counting),
            shape: fc.constant(shape),
          }),
          fc.record({
            data: fc.constant(counting(64)),
            shape: fc.constant(shape),
            strides: fc.tuple(step, step, step),
            offset: fc.nat(64),
          }),
        );
      });
    const frames = fc.oneof(
      nearlyRight,
      fc.anything({ withTypedArray: true, withBigInt: true, withNullPrototype: true }),
      fc.record(
        {
          data: fc.oneof({ weight: 4, arbitrary: bytes }, { weight: 1, arbitrary: fc.anything() }),
          shape: fc.oneof(
            fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 3 }),
            lists,
          ),
          strides: fc.option(
            fc.oneof(
              fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 3 }),
              lists,
            ),
          ),
          offset: fc.option(fc.oneof(fc.nat(20), numbers)),
          width: fc.option(numbers),
          height: fc.option(numbers),
        },
        { requiredKeys: [] },
      ),
    );
    let passed = 0;
    let refused = 0;
    fc.assert(
      fc.property(frames, (frame) => {
        try {
          const { data, width, height, channels } = toRawFrame(frame);
          expect(data.length).toBe(width * height * channels);
          passed++;
        } catch (error) {
          refused++;
          if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error;
          expect(error.message).toMatch(/^frame.*expected.*got/s);
        }
      }),
      { numRuns: 2000 },
    );
    // The generator must reach both sides.
    expect(passed).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(500);
  });
});
