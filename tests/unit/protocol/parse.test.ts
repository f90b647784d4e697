import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/protocol/errors";
import {
  parseFrameFeedback,
  parseFrameMessage,
  parseViewMessage,
} from "../../../src/protocol/parse";

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
  key_down: { key: "ArrowDown", modifiers: [] },
  key_up: { key: " ", modifiers: ["Control", "Alt", "Meta"] },
  char: { data: "é", is_composing: false, input_type: "insertText" },
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
      message: { type: "hello", version: 1 },
    });
    const receipt = { index: 3, timestamp: 1.5, localtime: 2.5 };
    expect(parseViewMessage({ type: "frame_feedback", ...receipt })).toEqual({
      kind: "feedback",
      message: { type: "frame_feedback", ...receipt },
    });
    expect(parseFrameFeedback(receipt)).toEqual(receipt);
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
  data: (value) => (value ?? null) === null || value === "1",
  input_type: (value) => (value ?? null) === null || value === "1",
  is_composing: (value) => (value ?? null) === null || value === true,
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
    ["an unknown type", { type: "explode" }],
    ["a type from Object.prototype", { type: "constructor" }],
    ["a type that is no text", { type: ["close"] }],
    ["fields that are inherited only", Object.create({ type: "close" }) as unknown],
    [
      "a key that is inherited only",
      Object.assign(Object.create({ key: "a" }) as object, { type: "key_down", modifiers: [] }),
    ],
    ["fields behind __proto__", JSON.parse('{"__proto__": {"type": "close"}}') as unknown],
    ["a hello without a version", { type: "hello" }],
    ["a hello of version 0", { type: "hello", version: 0 }],
    ["a hello of version 1.5", { type: "hello", version: 1.5 }],
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
    ["an unknown modifier", { ...newNames("key_down"), modifiers: ["Hyper"] }],
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
    const types = [...Object.keys(EVENTS), "hello", "frame_feedback"];
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
  const frame = {
    type: "framebufferdata",
    mimetype: "image/png",
    data_b64: null,
    index: 1,
    timestamp: 1.5,
  };

  it("bring the bytes as a buffer, or as a data URL", () => {
    expect(parseFrameMessage(frame, 1)).toEqual(frame);
    expect(parseFrameMessage({ ...frame, data_b64: undefined }, 1)).toEqual(frame);
    const inline = { ...frame, data_b64: "data:image/png;base64,AAAA" };
    expect(parseFrameMessage(inline, 0)).toEqual(inline);
  });

  it.each<[string, unknown, number]>([
    ["no bytes at all", frame, 0],
    ["a data URL of another kind", { ...frame, data_b64: "data:image/jpeg;base64,AAAA" }, 0],
    ["a script for a data URL", { ...frame, data_b64: "javascript:alert(1)" }, 0],
    ["a kind that is no picture", { ...frame, mimetype: "text/html" }, 1],
    ["SVG, which can run scripts", { ...frame, mimetype: "image/svg+xml" }, 1],
    ["frame 0", { ...frame, index: 0 }, 1],
    ["frame 1.5", { ...frame, index: 1.5 }, 1],
    ["no time", { ...frame, timestamp: null }, 1],
    ["another type", { ...frame, type: "hello" }, 1],
    ["a list", [frame], 1],
  ])("are refused with %s", (_name, message, buffers) => {
    expectRefused(() => parseFrameMessage(message, buffers));
  });

  it("give a ProtocolError and nothing else, whatever comes", () => {
    const value = fc.oneof(fc.anything(), fc.constantFrom(...NONSENSE));
    const changes = fc.dictionary(fc.constantFrom(...Object.keys(frame), "__proto__"), value, {
      maxKeys: 2,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          changes.map((some) => ({ ...frame, ...some })),
        ),
        fc.nat(2),
        (message, buffers) => {
          try {
            const parsed = parseFrameMessage(message, buffers);
            expect(Number.isSafeInteger(parsed.index)).toBe(true);
            expect(Number.isFinite(parsed.timestamp)).toBe(true);
          } catch (error) {
            if (!(error instanceof ProtocolError)) throw error;
          }
        },
      ),
      { numRuns: 1000 },
    );
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
