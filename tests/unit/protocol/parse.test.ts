import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/protocol/errors";
import { parseFrameMessage } from "../../../src/protocol/parseFrameMessage";
import { isPing, parsePing } from "../../../src/protocol/parsePing";
import { isStatsMessage, parseStatsMessage } from "../../../src/protocol/parseStatsMessage";
import { parseFrameFeedback, parseViewMessage } from "../../../src/protocol/parseViewMessage";

const position = { x: 1.5, y: -2, buttons: [1], modifiers: ["Shift"] };
const pointer = {
  ...position,
  button: 1,
  ntouches: 1,
  touches: { 3: { x: 1.5, y: -2, pressure: 0.5 } },
};
const size = { width: 640, height: 480, pwidth: 1280, pheight: 960 };

/** One good message of each kind: its fields under the names that both specs share. */
const EVENTS: Readonly<Record<string, object>> = {
  resize: size,
  pointer_down: pointer,
  pointer_up: { ...pointer, touches: {}, ntouches: 0 },
  pointer_move: { ...pointer, buttons: [] },
  pointer_enter: pointer,
  pointer_leave: pointer,
  double_click: { ...position, button: 1 },
  wheel: { ...position, dx: 0, dy: 100 },
  key_down: { key: "ArrowDown", code: "Numpad2", modifiers: [] },
  key_up: { key: " ", modifiers: ["Control", "Alt", "Meta"] },
  char: { data: "é", is_composing: false, input_type: "insertText", repeat: true },
  close: {},
  focus_in: {},
  focus_out: {},
  show: {},
  hide: {},
};

function newNames(type: string): Record<string, unknown> {
  return { type, timestamp: 12.5, ...(type === "resize" ? { ratio: 2 } : {}), ...EVENTS[type] };
}

function oldNames(type: string): Record<string, unknown> {
  return {
    event_type: type,
    time_stamp: 12.5,
    ...(type === "resize" ? { pixel_ratio: 2 } : {}),
    ...EVENTS[type],
  };
}

describe("good messages of a view", () => {
  it.each(Object.keys(EVENTS))("%s carries both sets of names, whichever came", (type) => {
    const event = { ...oldNames(type), ...newNames(type) };
    expect(parseViewMessage(newNames(type))).toEqual({ kind: "event", event });
    expect(parseViewMessage(oldNames(type))).toEqual({ kind: "event", event });
    expect(parseViewMessage(event)).toEqual({ kind: "event", event });
  });

  it("are a hello and a receipt as well", () => {
    expect(parseViewMessage({ type: "hello", version: 1 })).toEqual({
      kind: "hello",
      message: { type: "hello", version: 1, accepts: [] },
    });
    const receipt = { index: 3, timestamp: 1.5, localtime: 2.5 };
    expect(parseViewMessage({ type: "frame_feedback", ...receipt })).toEqual({
      kind: "feedback",
      message: { type: "frame_feedback", ...receipt },
    });
    expect(parseFrameFeedback(receipt)).toEqual(receipt);
  });

  it("say what they can show, and the names that nobody here knows are passed over", () => {
    const hello = { type: "hello", version: 1, accepts: ["vp9", "patches", "hologram", "vp9"] };
    expect(parseViewMessage(hello)).toEqual({
      kind: "hello",
      message: { type: "hello", version: 1, accepts: ["patches", "vp9"] },
    });
  });

  it.each([true, false])("say whether they want base64: %s", (base64) => {
    const hello = { type: "hello", version: 1, accepts: [], base64 };
    expect(parseViewMessage(hello)).toEqual({ kind: "hello", message: hello });
  });

  it("may ask for statistics, and gets them", () => {
    const message = { type: "request_stats", localtime: 12.5 };
    expect(parseViewMessage(message)).toEqual({ kind: "request_stats", message });
    const times = { localtime: 12.5, monotonic: 80, now: 1.7e9 };
    const stats = { type: "stats", ...times, event_age: -3, drawing: 0.002, encoding: null };
    expect(isStatsMessage(stats)).toBe(true);
    expect(isStatsMessage(null)).toBe(false);
    expect(parseStatsMessage(stats)).toEqual(stats);
    // A newer kernel may measure less.
    expect(parseStatsMessage({ type: "stats", ...times })).toMatchObject({ drawing: null });
    expect(() => parseStatsMessage({ ...stats, drawing: "2" })).toThrow(
      'stats.drawing: expected a finite number >= 0, got "2"',
    );
  });

  it("is asked for an answer by pings", () => {
    const pong = { type: "pong", id: 7 };
    expect(parseViewMessage(pong)).toEqual({ kind: "pong", message: pong });
    expect(isPing({ type: "ping" })).toBe(true);
    expect([null, "ping", { type: "pong" }].map(isPing)).toEqual([false, false, false]);
    expect(parsePing({ type: "ping", id: 7, more: 1 })).toEqual({ type: "ping", id: 7 });
    expect(() => parsePing({ type: "ping", id: -1 })).toThrow(
      "ping.id: expected an integer >= 0, got -1",
    );
  });

  it("may ask for a keyframe", () => {
    const message = {
      type: "request_keyframe",
      reason: "frame 7 changes frame 5, which is not shown",
    };
    expect(parseViewMessage(message)).toEqual({ kind: "request_keyframe", message });
  });

  it("drop fields that the spec does not know", () => {
    const { event } = parseViewMessage({ ...newNames("close"), secret: 1 }) as { event: object };
    expect(Object.keys(event).sort()).toEqual(["event_type", "time_stamp", "timestamp", "type"]);
  });

  it("without what older frontends left out get it computed", () => {
    const { width, height } = size;
    expect(
      parseViewMessage({ event_type: "resize", width, height, pixel_ratio: 1.5 }),
    ).toMatchObject({ event: { pwidth: 960, pheight: 720, ratio: 1.5, timestamp: 0 } });
    const { touches, button, modifiers, x, y } = pointer;
    expect(
      parseViewMessage({ event_type: "pointer_down", touches, button, modifiers, x, y }),
    ).toMatchObject({ event: { ntouches: 1, buttons: [] } });
  });

  it.each(["explode", "constructor", "__proto__", "gamepad_down"])(
    "of a type that only a newer view knows are ignored: %s",
    (type) => {
      expect(parseViewMessage({ type, x: "what it means is unknown" })).toEqual({
        kind: "unknown",
      });
    },
  );

  it("keep what is known of modifiers that only a newer view knows", () => {
    for (const type of ["key_down", "pointer_down", "wheel", "double_click"]) {
      const message = { ...newNames(type), modifiers: ["Hyper", "Shift", "toString", "Alt"] };
      expect(parseViewMessage(message)).toMatchObject({
        event: { modifiers: ["Shift", "Alt"] },
        unknownModifiers: 2,
      });
    }
  });

  it("take the oldest and the largest numbers that are meant", () => {
    for (const [field, value] of [
      ["x", -(2 ** 25)],
      ["y", 2 ** 25],
      ["button", 64],
    ] as const) {
      expect(() => parseViewMessage({ ...newNames("pointer_move"), [field]: value })).not.toThrow();
    }
  });
});

/** Values that JSON or a hostile peer can bring, and which no field takes. */
const NONSENSE: unknown[] = [
  NaN,
  Infinity,
  -Infinity,
  JSON.parse("1e999"),
  1e308,
  -1,
  "1",
  true,
  null,
  undefined,
  [],
  {},
  [[]],
  () => 1,
  Symbol("x"),
  10n,
  new Array(1_000_000).fill(1),
  "x".repeat(5000),
];

/** Fields in which one of {@link NONSENSE} is a good value, or may be left out. */
const TOLERANT: Readonly<Record<string, (value: unknown) => boolean>> = {
  x: (value) => value === -1,
  y: (value) => value === -1,
  dx: (value) => value === -1,
  dy: (value) => value === -1,
  timestamp: (value) => (value ?? null) === null || value === 1e308 || value === -1,
  pwidth: (value) => (value ?? null) === null,
  pheight: (value) => (value ?? null) === null,
  ntouches: (value) => (value ?? null) === null,
  touches: (value) => (value ?? null) === null || isEmptyObject(value),
  buttons: (value) => (value ?? null) === null || isEmptyList(value),
  modifiers: isEmptyList,
  key: (value) => value === "1",
  code: (value) => (value ?? null) === null || value === "1",
  data: (value) => (value ?? null) === null || value === "1",
  input_type: (value) => (value ?? null) === null || value === "1",
  is_composing: (value) => (value ?? null) === null || value === true,
  repeat: (value) => (value ?? null) === null || value === true,
};

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).length === 0 &&
    !isEmptyList(value)
  );
}

function expectRefused(parse: () => unknown): void {
  let result: unknown;
  try {
    result = parse();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as Error).message).toMatch(/expected .+, got /);
    expect((error as Error).message.length).toBeLessThan(400);
    return;
  }
  throw new Error(`expected a ProtocolError, got ${JSON.stringify(result).slice(0, 200)}`);
}

describe("bad messages of a view", () => {
  it.each(Object.keys(EVENTS).filter((type) => Object.keys(newNames(type)).length > 2))(
    "%s with nonsense in any field is refused",
    (type) => {
      const good = newNames(type);
      for (const field of Object.keys(good).filter((name) => name !== "type")) {
        for (const value of NONSENSE) {
          if (TOLERANT[field]?.(value) === true) continue;
          expectRefused(() => parseViewMessage({ ...good, [field]: value }));
        }
      }
    },
  );

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a list", []],
    ["a list that says it is an event", Object.assign([], { type: "close" })],
    ["a text", "close"],
    ["no type", {}],
    ["a type that is no text", { type: ["close"] }],
    ["fields that are inherited only", Object.create({ type: "close" }) as unknown],
    [
      "a key that is inherited only",
      Object.assign(Object.create({ key: "a" }) as object, { type: "key_down", modifiers: [] }),
    ],
    ["fields behind __proto__", JSON.parse('{"__proto__": {"type": "close"}}') as unknown],
    ["a hello without a version", { type: "hello" }],
    ["a hello that wants base64 a bit", { type: "hello", version: 1, base64: 1 }],
    ["a hello of version 0", { type: "hello", version: 0 }],
    ["a hello of version 1.5", { type: "hello", version: 1.5 }],
    ["a hello that accepts a text", { type: "hello", version: 1, accepts: "patches" }],
    ["a hello that accepts numbers", { type: "hello", version: 1, accepts: [1] }],
    ["a hello with a novel", { type: "hello", version: 1, accepts: ["x".repeat(65)] }],
    [
      "a hello that accepts everything",
      { type: "hello", version: 1, accepts: new Array(65).fill("vp9") },
    ],
    ["a request for statistics without a time", { type: "request_stats" }],
    ["an answer to no ping", { type: "pong" }],
    ["an answer to half a ping", { type: "pong", id: 0.5 }],
    ["a wish for a keyframe without a reason", { type: "request_keyframe" }],
    ["a wish for a keyframe with a novel", { type: "request_keyframe", reason: "x".repeat(4097) }],
    ["a receipt for frame 1.5", { type: "frame_feedback", index: 1.5, timestamp: 0, localtime: 0 }],
    [
      "a receipt before the first",
      { type: "frame_feedback", index: -1, timestamp: 0, localtime: 0 },
    ],
    [
      "a receipt beyond all numbers",
      { type: "frame_feedback", index: 2 ** 53, timestamp: 0, localtime: 0 },
    ],
    ["a receipt without times", { type: "frame_feedback", index: 1 }],
    ["a width of 0", { ...newNames("resize"), width: 0 }],
    ["a runaway size", { ...newNames("resize"), pheight: 70000 }],
    ["a ratio of 0", { ...newNames("resize"), ratio: 0 }],
    ["a button that is no integer", { ...newNames("pointer_down"), button: 0.5 }],
    ["buttons from 0", { ...newNames("pointer_down"), buttons: [0] }],
    ["a modifier that is no name", { ...newNames("key_down"), modifiers: [["Hyper"]] }],
    ["a modifier with a novel", { ...newNames("key_down"), modifiers: ["x".repeat(65)] }],
    ["more modifiers than keys", { ...newNames("key_down"), modifiers: new Array(65).fill("Alt") }],
    ["a touch without a place", { ...newNames("pointer_down"), touches: { 1: {} } }],
    [
      "a touch of more than full pressure",
      { ...newNames("pointer_down"), touches: { 1: { x: 0, y: 0, pressure: 1.1 } } },
    ],
    [
      "a touch without a number",
      { ...newNames("pointer_down"), touches: { left: { x: 0, y: 0, pressure: 1 } } },
    ],
    [
      "touches behind __proto__",
      {
        ...newNames("pointer_down"),
        touches: JSON.parse('{"__proto__": {"x": 0, "y": 0, "pressure": 1}}') as unknown,
      },
    ],
    [
      "more touches than hands",
      {
        ...newNames("pointer_down"),
        touches: Object.fromEntries(
          Array.from({ length: 65 }, (_, id) => [id, { x: 0, y: 0, pressure: 1 }]),
        ),
      },
    ],
  ])("%s is refused", (_name, message) => {
    expectRefused(() => parseViewMessage(message));
  });

  it("pollute no prototype", () => {
    const message = JSON.parse(
      '{"type": "close", "__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
    ) as unknown;
    const parsed = parseViewMessage(message) as unknown as {
      event: Record<string, unknown>;
    };
    expect(parsed.event.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(parsed.event)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("give a ProtocolError and nothing else, and what passes is finite and small, whatever comes", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    const types = [...Object.keys(EVENTS), "hello", "frame_feedback", "request_keyframe"];
    const value = fc.oneof(
      anything,
      fc.constantFrom(...NONSENSE),
      fc.integer({ min: 0, max: 100 }),
    );
    const messages = fc.oneof(
      anything,
      fc.jsonValue(),
      fc.constantFrom(...types).chain((type) => {
        const good: Record<string, unknown> = {
          ...newNames(type),
          version: 1,
          index: 1,
          localtime: 1,
          accepts: ["patches"],
          reason: "x",
        };
        const fields = Object.keys(good).filter((name) => name !== "type");
        return fc
          .dictionary(fc.constantFrom(...fields, "__proto__", "event_type"), value, { maxKeys: 2 })
          .map((changes) => ({ ...good, ...changes }));
      }),
    );
    let passed = 0;
    let refused = 0;
    fc.assert(
      fc.property(messages, (message) => {
        try {
          const parsed = parseViewMessage(message);
          passed++;
          expectSane(parsed);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          refused++;
        }
      }),
      { numRuns: 3000 },
    );
    expect(passed).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(300);
  });
});

/** Everything in it is a finite number, a short text, a flag, or a short list or object of such. */
function expectSane(value: unknown): void {
  if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
  else if (typeof value === "string") expect(value.length).toBeLessThanOrEqual(4096);
  else if (typeof value === "object" && value !== null) {
    expect(Object.getPrototypeOf(value)).toBe(
      Array.isArray(value) ? Array.prototype : Object.prototype,
    );
    expect(Object.keys(value).length).toBeLessThanOrEqual(64);
    for (const part of Object.values(value)) expectSane(part);
  } else expect(typeof value).toBe("boolean");
}

describe("messages of a session", () => {
  const common = { type: "framebufferdata", data_b64: null, index: 9, timestamp: 1.5 };
  const image = { ...common, mimetype: "image/png" };
  const patches = {
    ...common,
    mimetype: "image/jpeg",
    base: 8,
    patches: [
      [0, 0, 1, 1],
      [65534, 3, 1, 65532],
    ],
  };
  const key = {
    ...common,
    mimetype: "video/h264",
    chunk: "key",
    codec: "avc1.42E01F",
    width: 641,
    height: 479,
    visible_width: 641,
    visible_height: 479,
  };
  const delta = { ...key, mimetype: "video/vp9", codec: "vp09.00.10.08", chunk: "delta", base: 3 };

  it("bring an image as a buffer, or as a data URL", () => {
    expect(parseFrameMessage(image, 1)).toEqual(image);
    expect(parseFrameMessage({ ...image, data_b64: undefined }, 1)).toEqual(image);
    const inline = { ...image, data_b64: "data:image/png;base64,AAAA" };
    expect(parseFrameMessage(inline, 0)).toEqual(inline);
    const webp = { ...image, mimetype: "image/webp", width: 1280, height: 65535 };
    expect(parseFrameMessage(webp, 1)).toEqual(webp);
  });

  it("bring patches as so many buffers", () => {
    expect(parseFrameMessage(patches, 2)).toEqual(patches);
    const many = { ...patches, patches: new Array(64).fill([1, 2, 3, 4]) };
    expect(parseFrameMessage(many, 64)).toEqual(many);
    expect(parseFrameMessage({ ...patches, refines: true }, 2)).toEqual({
      ...patches,
      refines: true,
    });
    expect(parseFrameMessage({ ...patches, refines: false }, 2)).toEqual(patches);
  });

  const atlas = {
    ...{ ...common, mimetype: "image/jpeg", base: 8, atlas: { columns: 64 } },
    ...{ width: 1280, height: 720 },
  };

  it("bring an atlas as its image and its cell map", () => {
    expect(parseFrameMessage(atlas, 2)).toEqual(atlas);
    const one = { ...atlas, width: 1, height: 1, atlas: { columns: 1 } };
    expect(parseFrameMessage(one, 2)).toEqual(one);
  });

  it.each<[string, unknown, number]>([
    ["without a cell map", atlas, 1],
    ["with more than that", atlas, 3],
    ["as a data URL", { ...atlas, data_b64: "data:image/jpeg;base64,AAAA" }, 0],
    ["whose map is missing in base64", { ...atlas, data_b64: ["AAAA"] }, 0],
    ["over itself", { ...atlas, base: 9 }, 2],
    ["over nothing", { ...atlas, base: undefined }, 2],
    ["of no size", { ...atlas, width: undefined, height: undefined }, 2],
    ["of no height", { ...atlas, height: 0 }, 2],
    ["without columns", { ...atlas, atlas: {} }, 2],
    ["of no columns", { ...atlas, atlas: { columns: 0 } }, 2],
    ["of half a column", { ...atlas, atlas: { columns: 1.5 } }, 2],
    ["of too many columns", { ...atlas, atlas: { columns: 4097 } }, 2],
    ["whose layout is a list", { ...atlas, atlas: [64] }, 2],
  ])("refuse an atlas %s", (_what, message, buffers) => {
    expect(() => parseFrameMessage(message, buffers)).toThrow(ProtocolError);
  });

  it("bring patches, an atlas and a chunk in base64, each as one text instead of a buffer", () => {
    for (const [message, count] of [
      [patches, 2],
      [atlas, 2],
      [key, 1],
      [delta, 1],
    ] as const) {
      const inline = { ...message, data_b64: new Array(count).fill("AAAA") };
      expect(parseFrameMessage(inline, 0)).toEqual(inline);
    }
  });

  it("bring a chunk of video", () => {
    expect(parseFrameMessage(key, 1)).toEqual(key);
    expect(parseFrameMessage(delta, 1)).toEqual(delta);
    expect(parseFrameMessage({ ...key, base: 3 }, 1)).toEqual(key);
  });

  it.each<[string, unknown, number]>([
    ["no bytes at all", image, 0],
    ["a data URL of another kind", { ...image, data_b64: "data:image/jpeg;base64,AAAA" }, 0],
    ["a script for a data URL", { ...image, data_b64: "javascript:alert(1)" }, 0],
    ["a kind that is no picture", { ...image, mimetype: "text/html" }, 1],
    ["SVG, which can run scripts", { ...image, mimetype: "image/svg+xml" }, 1],
    ["a codec that nobody names", { ...key, mimetype: "video/av1" }, 1],
    ["frame 0", { ...image, index: 0 }, 1],
    ["frame 1.5", { ...image, index: 1.5 }, 1],
    ["no time", { ...image, timestamp: null }, 1],
    ["another type", { ...image, type: "hello" }, 1],
    ["a list", [image], 1],
    ["a width without a height", { ...image, width: 5 }, 1],
    ["a size that no canvas has", { ...image, width: 5, height: 65536 }, 1],
    ["fewer buffers than patches", patches, 1],
    ["more buffers than patches", patches, 3],
    ["patches as a data URL", { ...patches, data_b64: "data:image/jpeg;base64,AAAA" }, 0],
    ["patches twice, as buffers and in base64", { ...patches, data_b64: ["AAAA", "AAAA"] }, 2],
    ["fewer texts than patches", { ...patches, data_b64: ["AAAA"] }, 0],
    ["more texts than patches", { ...patches, data_b64: ["AAAA", "AAAA", "AAAA"] }, 0],
    ["patches as numbers", { ...patches, data_b64: [[1, 2], [3]] }, 0],
    ["no patches", { ...patches, patches: [] }, 0],
    ["too many patches", { ...patches, patches: new Array(65).fill([1, 2, 3, 4]) }, 65],
    ["patches over nothing", { ...patches, base: 0 }, 2],
    ["patches over themselves", { ...patches, base: 9 }, 2],
    ["patches over what comes later", { ...patches, base: 10 }, 2],
    ["patches that refine a bit", { ...patches, refines: 0.5 }, 2],
    ["patches of no base", { ...patches, base: undefined }, 2],
    ["patches that are no list", { ...patches, patches: { 0: [0, 0, 1, 1], length: 1 } }, 1],
    ...[
      [-1, 0, 1, 1],
      [0, 0.5, 1, 1],
      [0, 0, 0, 1],
      [0, 0, 1, -1],
      [65535, 0, 1, 1],
      [0, 1, 1, 65535],
      [0, 0, 1],
      [0, 0, 1, 1, 1],
      [0, 0, "1", 1],
      [0, 0, NaN, 1],
      new Array(4),
      "0011",
      null,
    ].map((patch): [string, unknown, number] => [
      `the patch ${JSON.stringify(patch)}`,
      { ...patches, patches: [patch] },
      1,
    ]),
    ["a chunk without bytes", key, 0],
    ["a chunk in two", key, 2],
    ["a chunk as a data URL", { ...key, data_b64: "data:video/h264;base64,AAAA" }, 0],
    ["an image as a list of texts", { ...image, data_b64: ["AAAA"] }, 0],
    ["a chunk of a third kind", { ...key, chunk: "bidirectional" }, 1],
    ["a chunk without codec", { ...key, codec: undefined }, 1],
    ["a chunk of another codec than it says", { ...key, codec: "vp09.00.10.08" }, 1],
    ["a codec that is no codec string", { ...key, codec: "avc1.42E01F, mp4a.40.2" }, 1],
    ["a codec string without end", { ...delta, codec: `vp09${".00".repeat(400)}` }, 1],
    ["a visible size of nothing", { ...key, visible_width: 0 }, 1],
    ["a visible size that no canvas has", { ...key, visible_height: 65536 }, 1],
    ["a chunk without a size", { ...key, width: null }, 1],
    ["a delta over nothing", { ...delta, base: undefined }, 1],
    ["a delta over itself", { ...delta, base: 9 }, 1],
  ])("are refused with %s", (_name, message, buffers) => {
    expectRefused(() => parseFrameMessage(message, buffers));
  });

  it("give a ProtocolError and nothing else, and what passes fits, whatever comes", () => {
    const value = fc.oneof(
      fc.anything(),
      fc.constantFrom<unknown>(...NONSENSE),
      fc.integer({ min: -2, max: 12 }),
      fc.array(fc.array(fc.integer({ min: -1, max: 70_000 }), { minLength: 3, maxLength: 5 })),
    );
    const changed = fc.constantFrom<object>(image, patches, key, delta).chain((good) =>
      fc
        .dictionary(fc.constantFrom(...Object.keys({ ...patches, ...delta }), "__proto__"), value, {
          maxKeys: 2,
        })
        .map((changes) => ({ ...good, ...changes })),
    );
    let passed = 0;
    fc.assert(
      fc.property(fc.oneof(fc.anything(), changed), fc.nat(3), (message, buffers) => {
        try {
          const parsed = parseFrameMessage(message, buffers);
          passed++;
          expectSane({ ...parsed, data_b64: "" });
          if ("patches" in parsed) expect(parsed.patches).toHaveLength(buffers);
          if ("base" in parsed) expect(parsed.base).toBeLessThan(parsed.index);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
    expect(passed).toBeGreaterThan(100);
  });

  it("and receipts as jupyter_rfb's state are checked alike", () => {
    expectRefused(() => parseFrameFeedback({}));
    for (const value of NONSENSE) {
      if (value === 1e308) continue;
      for (const field of ["index", "timestamp", "localtime"]) {
        expectRefused(() =>
          parseFrameFeedback({ index: 1, timestamp: 1, localtime: 1, [field]: value }),
        );
      }
    }
  });
});
