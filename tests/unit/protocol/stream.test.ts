import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packEnvelope, packHeader, unpackEnvelope } from "../../../src/protocol/envelope";
import { ProtocolError } from "../../../src/protocol/errors";
import type { FrameMessage } from "../../../src/protocol/messages";
import { parseClientMessage } from "../../../src/protocol/parseClientMessage";
import { parseFrameHeader, parseServerMessage } from "../../../src/protocol/parseServerMessage";
import { StreamFrameReader, toStreamFrame } from "../../../src/protocol/streamFrames";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");

/** Frames as sessions send them, and the bytes that go over the wire: by hand, from the description of the format. */
const GOLDEN: readonly {
  readonly what: string;
  readonly message: FrameMessage;
  readonly buffers: readonly Uint8Array[];
  readonly header: string;
  readonly payload: string;
}[] = [
  {
    what: "a whole image",
    message: {
      type: "framebufferdata",
      mimetype: "image/jpeg",
      data_b64: null,
      index: 1,
      timestamp: 1.5,
      width: 640,
      height: 480,
    },
    buffers: [bytes(0xff, 0xd8)],
    header:
      '{"type":"image_frame","seq":0,"timestamp_us":1500000,"width":640,"height":480,"mime":"image/jpeg"}',
    payload: "ffd8",
  },
  {
    what: "an image that was drawn for another ratio, in other colours",
    message: {
      type: "framebufferdata",
      mimetype: "image/png",
      data_b64: null,
      index: 7,
      timestamp: 2,
      width: 2,
      height: 1,
      pixel_ratio: 2,
      color: { primaries: "display-p3", full_range: true },
    },
    buffers: [bytes(0x89)],
    header:
      '{"type":"image_frame","seq":6,"timestamp_us":2000000,"width":2,"height":1,"mime":"image/png","pixel_ratio":2,"color":{"primaries":"display-p3","full_range":true}}',
    payload: "89",
  },
  {
    what: "a key chunk of H.264",
    message: {
      type: "framebufferdata",
      mimetype: "video/h264",
      data_b64: null,
      chunk: "key",
      codec: "avc1.42C01F",
      index: 2,
      timestamp: 3,
      width: 640,
      height: 480,
      visible_width: 640,
      visible_height: 480,
    },
    buffers: [bytes(0, 0, 0, 1, 0x67)],
    header:
      '{"type":"video_chunk","seq":1,"timestamp_us":3000000,"width":640,"height":480,"codec":"avc1.42C01F","bitstream":"annexb","keyframe":true}',
    payload: "0000000167",
  },
  {
    what: "a delta chunk of VP9 that is smaller than its picture",
    message: {
      type: "framebufferdata",
      mimetype: "video/vp9",
      data_b64: null,
      chunk: "delta",
      codec: "vp09.00.31.08",
      index: 5,
      timestamp: 3,
      width: 641,
      height: 480,
      visible_width: 321,
      visible_height: 240,
      base: 3,
    },
    buffers: [bytes(9)],
    header:
      '{"type":"video_chunk","seq":4,"timestamp_us":3000000,"width":641,"height":480,"codec":"vp09.00.31.08","bitstream":"vp9","keyframe":false,"base":2,"visible_width":321,"visible_height":240}',
    payload: "09",
  },
  {
    what: "patches",
    message: {
      type: "framebufferdata",
      mimetype: "image/jpeg",
      data_b64: null,
      index: 4,
      timestamp: 0,
      width: 64,
      height: 64,
      base: 3,
      patches: [
        [0, 0, 16, 16],
        [32, 16, 16, 32],
      ],
    },
    buffers: [bytes(1, 2), bytes(3)],
    header:
      '{"type":"patch_frame","seq":3,"timestamp_us":0,"width":64,"height":64,"mime":"image/jpeg","base":2,"patches":[[0,0,16,16],[32,16,16,32]],"lengths":[2,1]}',
    payload: "010203",
  },
  {
    what: "an atlas",
    message: {
      type: "framebufferdata",
      mimetype: "image/jpeg",
      data_b64: null,
      index: 5,
      timestamp: 0,
      width: 64,
      height: 33,
      base: 4,
      atlas: { columns: 3 },
    },
    buffers: [bytes(1, 2), bytes(0xa0, 0x10)],
    header:
      '{"type":"atlas_frame","seq":4,"timestamp_us":0,"width":64,"height":33,"mime":"image/jpeg","base":3,"atlas":{"columns":3},"lengths":[2,2]}',
    payload: "0102a010",
  },
  {
    what: "patches that refine the frame before",
    message: {
      type: "framebufferdata",
      mimetype: "image/png",
      data_b64: null,
      index: 4,
      timestamp: 0,
      width: 64,
      height: 64,
      base: 3,
      patches: [[0, 0, 16, 16]],
      refines: true,
    },
    buffers: [bytes(1, 2)],
    header:
      '{"type":"patch_frame","seq":3,"timestamp_us":0,"width":64,"height":64,"mime":"image/png","base":2,"patches":[[0,0,16,16]],"refines":true,"lengths":[2]}',
    payload: "0102",
  },
];

describe("a frame on the wire", () => {
  it.each(GOLDEN)("is these bytes: $what", ({ message, buffers, header, payload }) => {
    const frame = toStreamFrame(message, buffers);
    const packed = packEnvelope(frame.header, Buffer.concat(frame.payload));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(header));
    expect(hex(packed)).toBe(hex(length) + hex(Buffer.from(header)) + payload);
  });

  it.each(GOLDEN)("comes back as it was: $what", ({ message, buffers, header, payload }) => {
    const wire = packEnvelope(JSON.parse(header) as object, Buffer.from(payload, "hex"));
    const envelope = unpackEnvelope(wire);
    const received = new StreamFrameReader().read(
      parseFrameHeader(envelope.header),
      envelope.payload,
    );
    const expected: Partial<Record<string, unknown>> = { ...message };
    if ("patches" in message) {
      // The view knows the size of the picture that they change.
      delete expected.width;
      delete expected.height;
    }
    expect(received.message).toEqual(expected);
    expect(received.buffers.map(hex)).toEqual(buffers.map(hex));
  });

  it("is pdum.rfb's too, which says less: a delta changes the chunk before it", () => {
    const reader = new StreamFrameReader();
    const chunk = (seq: number, keyframe: boolean) =>
      reader.read(
        parseFrameHeader({
          type: "video_chunk",
          seq,
          timestamp_us: 33_000 * seq,
          duration_us: 33_000,
          width: 64,
          height: 48,
          codec: "avc1.42E01F",
          bitstream: "annexb",
          keyframe,
        }),
        bytes(1),
      ).message;
    expect(() => chunk(0, false)).toThrow(ProtocolError);
    expect(chunk(1, true)).toMatchObject({ index: 2, chunk: "key", visible_width: 64 });
    expect(chunk(4, false)).toMatchObject({ index: 5, chunk: "delta", base: 2 });
    expect(chunk(5, false)).toMatchObject({ base: 5 });
    reader.reset();
    expect(() => chunk(6, false)).toThrow(ProtocolError);
  });

  it("of AVCC, or whose patches do not fill the payload, is refused", () => {
    const reader = new StreamFrameReader();
    const header = JSON.parse(GOLDEN[2]?.header ?? "") as object;
    const avcc = parseFrameHeader({ ...header, bitstream: "avcc" });
    expect(() => reader.read(avcc, bytes(1))).toThrow('"annexb" or "vp9"');
    const patches = parseFrameHeader(JSON.parse(GOLDEN[4]?.header ?? ""));
    expect(() => reader.read(patches, bytes(1, 2, 3, 4))).toThrow("4 bytes in all");
  });

  it("cannot be made of one in base64, or without a size", () => {
    const { message, buffers } = GOLDEN[0] as (typeof GOLDEN)[number];
    for (const bad of [
      { ...message, data_b64: "data:image/jpeg;base64,AA==" },
      { ...message, width: undefined },
    ]) {
      expect(() => toStreamFrame(bad as FrameMessage, buffers)).toThrow("Cannot send a frame");
    }
  });
});

describe("an envelope", () => {
  it("keeps what is not ASCII in the header, and an empty payload", () => {
    const packed = packEnvelope({ name: "Bild \u00e4\u20ac\u{1f3a8}" }, new Uint8Array());
    const { header, payload } = unpackEnvelope(packed);
    expect(header).toEqual({ name: "Bild \u00e4\u20ac\u{1f3a8}" });
    expect(payload).toHaveLength(0);
  });

  it("may lie anywhere in its memory", () => {
    const packed = packEnvelope({ a: 1 }, bytes(7, 8));
    const shifted = new Uint8Array(packed.length + 3);
    shifted.set(packed, 3);
    expect(unpackEnvelope(shifted.subarray(3))).toEqual({ header: { a: 1 }, payload: bytes(7, 8) });
  });

  it.each([
    ["nothing", bytes()],
    ["less than a length", bytes(1, 0, 0)],
    ["a length beyond the end", bytes(9, 0, 0, 0, 0x7b, 0x7d)],
    ["a huge length", bytes(0xff, 0xff, 0xff, 0xff, 0x7b, 0x7d)],
    ["a header that is no JSON", bytes(2, 0, 0, 0, 0x7b, 0x7b)],
    ["a header that is no UTF-8", bytes(2, 0, 0, 0, 0xc3, 0x28)],
  ])("of %s is refused", (_what, message) => {
    expect(() => unpackEnvelope(message)).toThrow(ProtocolError);
  });

  it("gives nothing but a ProtocolError for whatever bytes come", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        try {
          parseFrameHeader(unpackEnvelope(message).header);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("can be sent in two parts", () => {
    const whole = packEnvelope({ a: 1 }, bytes(7));
    expect(hex(whole)).toBe(hex(packHeader({ a: 1 })) + "07");
  });
});

/** Messages that are nearly right: of the right shape, with anything in any field. */
const nearly = (names: readonly string[], types: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...types),
      fc.dictionary(
        fc.constantFrom(...names),
        fc.oneof(fc.jsonValue(), fc.double(), fc.integer()),
        {
          maxKeys: 12,
        },
      ),
    )
    .map(([type, fields]) => ({ type, ...fields }));

const EVENT_FIELDS = [
  "x",
  "y",
  "inside",
  "pixel_ratio",
  "logical_x",
  "logical_y",
  "button",
  "buttons",
  "modifiers",
  "touches",
  "ntouches",
  "dx",
  "dy",
  "key",
  "data",
  "timestamp",
];
const EVENT_TYPES = ["pointer_move", "wheel", "key_down", "char", "double_click", "show", "resize"];
const CLIENT_FIELDS = [
  "supported",
  "device_pixel_ratio",
  "token",
  "quality",
  "seq",
  "decode_queue_size",
  "displayed",
  "reason",
  "width",
  "height",
  "pwidth",
  "pheight",
  "ratio",
  "to",
];
const CLIENT_TYPES = [
  ...["hello", "ack", "request_keyframe", "decoder_reset", "set_viewport", "event"],
  ...["request_drive", "hand_over"],
];

describe("messages of a client", () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    nearly(CLIENT_FIELDS, CLIENT_TYPES).map((message) => JSON.stringify(message)),
    nearly(EVENT_FIELDS, EVENT_TYPES).map((event) => JSON.stringify({ type: "event", event })),
  );

  it("give nothing but a ProtocolError, whatever comes, and what passes is finite", () => {
    fc.assert(
      fc.property(anything, (text) => {
        try {
          const parsed = parseClientMessage(text);
          expect(JSON.stringify(parsed)).not.toContain("null,");
          if (parsed.type === "event" && "x" in parsed.event) {
            expect(Number.isFinite(parsed.event.x)).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("are pdum.rfb's, as its client sends them", () => {
    const parse = (message: object) => parseClientMessage(JSON.stringify(message));
    expect(
      parse({ type: "hello", supported: ["image/jpeg", "x/y"], device_pixel_ratio: 2, token: "t" }),
    ).toEqual({
      type: "hello",
      supported: ["image/jpeg", "x/y"],
      device_pixel_ratio: 2,
      token: "t",
    });
    expect(parse({ type: "ack", seq: 3, decode_queue_size: 1, displayed: true })).toEqual({
      type: "ack",
      seq: 3,
      decode_queue_size: 1,
      displayed: true,
    });
    expect(
      parse({
        type: "event",
        event: {
          type: "pointer_move",
          x: 1.5,
          y: -2,
          inside: false,
          pixel_ratio: 2,
          button: 0,
          buttons: [1],
          modifiers: ["Shift"],
          timestamp: 12.25,
        },
      }),
    ).toMatchObject({
      event: {
        event_type: "pointer_move",
        x: 1.5,
        y: -2,
        inside: false,
        pixel_ratio: 2,
        touches: {},
      },
    });
    expect(
      parse({
        type: "event",
        event: { type: "key_down", key: "a", code: "KeyA", modifiers: [], timestamp: 1 },
      }),
    ).toMatchObject({ event: { event_type: "key_down", key: "a", code: "KeyA" } });
    expect(parse({ type: "set_viewport", width: 300, height: 200, pixel_ratio: 1 })).toMatchObject({
      type: "event",
      event: { event_type: "resize", width: 300, pwidth: 300, ratio: 1 },
    });
  });

  it.each([
    ["another message as an event", { type: "event", event: { type: "hello", version: 1 } }],
    ["a list of a million capabilities", { type: "hello", supported: Array(1e4).fill("a") }],
    ["a capability that is no text", { type: "hello", supported: [1] }],
    ["an ack below zero", { type: "ack", seq: -1 }],
    ["a ratio of zero", { type: "set_viewport", width: 1, height: 1, ratio: 0 }],
    ["an event without a type", { type: "event", event: { x: 1 } }],
  ])("are refused: %s", (_what, message) => {
    expect(() => parseClientMessage(JSON.stringify(message))).toThrow(ProtocolError);
  });

  it("are refused where the event is missing, by its name", () => {
    expect(() => parseClientMessage('{"type":"event"}')).toThrow(
      "message.event: expected an object, got undefined",
    );
  });
});

it("ignores messages and events of a newer client, and takes its pings", () => {
  for (const message of [
    { type: "something_new" },
    { type: "event", event: { type: "gamepad_down", button: "A" } },
  ]) {
    expect(parseClientMessage(JSON.stringify(message))).toEqual({ type: "unknown" });
  }
  expect(parseClientMessage('{"type":"ping"}')).toEqual({ type: "ping" });
  expect(parseServerMessage('{"type":"pong"}')).toEqual({ type: "pong" });
  expect(parseServerMessage('{"type":"close","code":4403,"reason":"why","more":1}')).toEqual({
    ...{ type: "close", code: 4403, reason: "why" },
  });
  expect(parseServerMessage('{"type":"close","code":1001}')).toMatchObject({ reason: "" });
  for (const wrong of [{}, { code: 999 }, { code: 5000 }, { code: 4403, reason: 1 }]) {
    const text = JSON.stringify({ type: "close", ...wrong });
    expect(() => parseServerMessage(text)).toThrow("message.");
  }
});

it("knows a server's pings, and the answers to them", () => {
  expect(parseServerMessage('{"type":"ping","id":3}')).toEqual({ type: "ping", id: 3 });
  expect(parseClientMessage('{"type":"pong","id":3}')).toEqual({ type: "pong", id: 3 });
  expect(() => parseServerMessage('{"type":"ping","id":-3}')).toThrow("ping.id: expected");
  expect(() => parseClientMessage('{"type":"pong","id":"3"}')).toThrow("message.id: expected");
  // Another program's.
  expect(parseServerMessage('{"type":"ping"}')).toBeUndefined();
  expect(parseClientMessage('{"type":"pong"}')).toEqual({ type: "unknown" });
});

describe("messages of a server", () => {
  it("tell what is wrong with the picture", () => {
    const status = (fields: object) =>
      parseServerMessage(JSON.stringify({ type: "status", ...fields }));
    for (const kind of ["error", "empty"]) {
      expect(status({ kind, text: "why" })).toEqual({ type: "status", kind, text: "why" });
    }
    expect(status({ kind: "ok", text: "unused" })).toEqual({
      type: "status",
      kind: "ok",
      text: "",
    });
    for (const fields of [
      { kind: "worse", text: "why" },
      { kind: "error" },
      { kind: "error", text: "" },
      { kind: "error", text: "x".repeat(1001) },
    ]) {
      expect(() => status(fields)).toThrow(ProtocolError);
    }
  });

  it("are pdum.rfb's", () => {
    expect(
      parseServerMessage(
        '{"type":"config","transport":"webcodecs","width":640,"height":480,"coords":"frame-pixels","codec":"avc1.42E01F","pixel_ratio":2.0,"color":{"primaries":"display-p3","transfer":"srgb","matrix":"smpte170m","full_range":false,"bit_depth":8}}',
      ),
    ).toEqual({
      type: "config",
      transport: "webcodecs",
      codec: "avc1.42E01F",
      width: 640,
      height: 480,
      coords: "frame-pixels",
      pixel_ratio: 2,
      color: { primaries: "display-p3", transfer: "srgb", full_range: false, bit_depth: 8 },
    });
    expect(parseServerMessage('{"type":"set_quality","bitrate":4000000,"fps":20}')).toEqual({
      type: "set_quality",
      bitrate: 4_000_000,
      fps: 20,
    });
    expect(
      parseServerMessage('{"type":"stats","elapsed_s":1.5,"rtt_ms":3.25,"inflight":1,"dropped":2}'),
    ).toEqual({ type: "stats", rtt_ms: 3.25, dropped: 2 });
    expect(parseServerMessage('{"type":"something_new"}')).toBeUndefined();
  });

  it("give nothing but a ProtocolError, whatever comes", () => {
    const fields = [
      "transport",
      "codec",
      "width",
      "height",
      "pixel_ratio",
      "color",
      "rtt_ms",
      "fps",
    ];
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      nearly(fields, ["config", "set_quality", "stats"]).map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(anything, (text) => {
        try {
          parseServerMessage(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
