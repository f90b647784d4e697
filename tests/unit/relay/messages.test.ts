import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/protocol/errors";
import { withBothNames } from "../../../src/protocol/events";
import {
  packAnnouncement,
  parseAnnouncement,
  type Announcement,
} from "../../../src/relay/announcement";
import {
  packInstruction,
  packReport,
  parseInstruction,
  parseReport,
  type Instruction,
  type Report,
  type ReportItem,
} from "../../../src/relay/report";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const ANNOUNCEMENT: Announcement = {
  publisher: "p",
  epoch: 1_700_000_000_000,
  isClosed: false,
  size: { width: 640, height: 480 },
  fps: 30,
  status: { kind: "error", text: "draw: x is undefined" },
  roles: { mode: "one", driver: "ada", asking: ["bob", "cleo"] },
  renditions: [
    { id: "video", needs: ["image/png", "webcodecs/h264-annexb"], small: "video-small" },
    { id: "image-plain", needs: [] },
  ],
};

const key = withBothNames({ type: "key_down", timestamp: 1, key: "é", modifiers: ["Shift"] });

const ITEMS: ReportItem[] = [
  { kind: "reset" },
  { kind: "join", viewer: "ada", principal: { name: "Ada", groups: [1, null] } },
  { kind: "join", viewer: "bob", principal: null },
  { kind: "complete" },
  { kind: "event", viewer: "ada", event: key },
  { kind: "ask", viewer: "bob" },
  { kind: "hand_over", viewer: "ada" },
  { kind: "hand_over", viewer: "ada", to: "bob" },
  { kind: "silent", viewer: "ada" },
  { kind: "leave", viewer: "ada" },
  { kind: "keyframe", rendition: "video-small" },
];

const REPORT: Report = {
  ...{ edge: "edge-1", seq: 7, viewers: 3, joined: 2 },
  watching: { video: 2, "image-plain": 1 },
  items: ITEMS,
};

const INSTRUCTIONS: Instruction[] = [
  { kind: "resync" },
  { kind: "passive", viewers: ["ada", "bob"] },
];

describe("a message between publisher and edge", () => {
  it("says the same when it comes", () => {
    expect(parseAnnouncement(bytes(packAnnouncement(ANNOUNCEMENT)))).toEqual(ANNOUNCEMENT);
    expect(parseReport(bytes(packReport(REPORT)))).toEqual(REPORT);
    for (const one of INSTRUCTIONS) {
      expect(parseInstruction(bytes(packInstruction(one)))).toEqual(one);
    }
  });

  it("is refused from another version, and as one of another type", () => {
    const other = packReport(REPORT).replace('"version":1', '"version":2');
    expect(() => parseReport(bytes(other))).toThrow(/report\.version: expected .* 1/);
    expect(() => parseReport(bytes(packAnnouncement(ANNOUNCEMENT)))).toThrow(
      /report\.type: expected "report", got "info"/,
    );
  });

  it.each([
    [{ epoch: -1 }, /info\.epoch/],
    [{ epoch: 2 ** 53 }, /info\.epoch/],
    [{ size: { width: 0, height: 1 } }, /info\.size\.width/],
    [{ fps: 0 }, /info\.fps/],
    [{ status: { kind: "bad", text: "" } }, /info\.status\.kind/],
    [{ status: { kind: "ok", text: "x".repeat(1001) } }, /info\.status\.text/],
    [{ roles: { mode: "some", asking: [] } }, /info\.roles\.mode/],
    [{ renditions: [{ id: "a.b", needs: [] }] }, /info\.renditions\[0\]\.id/],
    [{ renditions: Array(17).fill({ id: "a", needs: [] }) }, /info\.renditions/],
  ])("an announcement with %j names the wrong field", (fields, message) => {
    const text = JSON.stringify({ type: "info", version: 1, ...ANNOUNCEMENT, ...fields });
    expect(() => parseAnnouncement(bytes(text))).toThrow(message);
    expect(() => parseAnnouncement(bytes(text))).toThrow(ProtocolError);
  });

  it.each([
    ["a long principal", "ada", "x".repeat(4095), /principal: expected what JSON can hold in 4096/],
    ["a deep principal", "ada", "DEEP", /principal: expected what JSON can hold in 4096/],
    ["a long id", "x".repeat(65), null, /items\[0\]\.viewer/],
  ])("a report with %s is refused", (_what, viewer, principal, message) => {
    const items: ReportItem[] = [{ kind: "join", viewer, principal }];
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const text = packReport({ ...REPORT, items }).replace('"DEEP"', deep);
    expect(() => parseReport(bytes(text))).toThrow(message);
    expect(() => parseReport(bytes(text))).toThrow(ProtocolError);
  });

  it("a report may have a principal as long as an edge lets it be", () => {
    const items: ReportItem[] = [{ kind: "join", viewer: "ada", principal: "x".repeat(4094) }];
    expect(parseReport(bytes(packReport({ ...REPORT, items }))).items).toEqual(items);
  });

  it("what only a newer version knows is ignored", () => {
    const items = [
      { kind: "wave", viewer: "ada" },
      { kind: "event", viewer: "ada", event: { type: "blink" } },
      { kind: "leave", viewer: "ada" },
    ];
    const report = JSON.stringify({ type: "report", version: 1, ...REPORT, items });
    expect(parseReport(bytes(report)).items).toEqual([{ kind: "leave", viewer: "ada" }]);
    const instruction = JSON.stringify({ type: "edge", version: 1, kind: "dance" });
    expect(parseInstruction(bytes(instruction))).toBeUndefined();
  });
});

describe("a malformed message", () => {
  const samples = [
    packAnnouncement(ANNOUNCEMENT),
    packReport(REPORT),
    ...INSTRUCTIONS.map(packInstruction),
  ];
  /** A message with another value in one place, counted from the outermost. */
  const replaced = (sample: string, place: number, value: unknown): string => {
    let at = -1;
    return JSON.stringify(JSON.parse(sample), (_, old: unknown) => {
      at += 1;
      return at === place ? value : old;
    });
  };
  const mutated = fc
    .tuple(fc.constantFrom(...samples), fc.integer({ min: 1, max: 60 }), fc.jsonValue())
    .map((parts) => replaced(...parts));
  /** A valid message with bytes of another kind in it. */
  const damaged = fc
    .tuple(fc.constantFrom(...samples), fc.nat(), fc.uint8Array({ maxLength: 3 }))
    .map(([sample, at, put]) => {
      const from = at % sample.length;
      return Buffer.concat([bytes(sample.slice(0, from)), put, bytes(sample.slice(from + 1))]);
    });
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(bytes),
    fc.oneof(fc.constant("null"), fc.constant("[]"), fc.constant('"info"')).map(bytes),
    mutated.map(bytes),
    damaged,
  );

  it("gives nothing but a ProtocolError", () => {
    fc.assert(
      fc.property(anything, (payload) => {
        for (const parse of [parseAnnouncement, parseReport, parseInstruction]) {
          try {
            parse(payload);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        }
      }),
      { numRuns: 5000 },
    );
  });
});
