import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/protocol/errors";
import {
  PART_HEADER,
  PartJoiner,
  splitMessage,
  type Position,
} from "../../../src/relay/frameParts";

const POSITION: Position = { kind: "frame", epoch: 1.7e12, group: 3, object: 4 };

/** Bytes that differ from their neighbours. */
const content = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 7) % 251);

const split = (length: number, max: number, position: Partial<Position> = {}): Uint8Array[] =>
  splitMessage({ ...POSITION, ...position }, [content(length)], max);

const joinAll = (parts: readonly Uint8Array[], joiner = new PartJoiner()) =>
  parts.flatMap((part) => joiner.take(part) ?? []);

/** A part with some bytes of its header changed. */
const changed = (part: Uint8Array, at: number, ...bytes: number[]): Uint8Array => {
  const copy = new Uint8Array(part);
  copy.set(bytes, at);
  return copy;
};

describe("a message in parts", () => {
  it("comes whole at every size around what the broker takes", () => {
    const max = PART_HEADER + 10;
    for (let length = 0; length <= 45; length++) {
      const parts = split(length, max);
      expect(parts).toHaveLength(Math.max(1, Math.ceil(length / 10)));
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(max);
      const [message, ...more] = joinAll(parts);
      expect(message).toMatchObject(POSITION);
      expect([...(message?.content ?? [])]).toEqual([...content(length)]);
      expect(more).toEqual([]);
    }
  });

  it("comes whole whatever pieces it was given in", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 30 }), (given, room) => {
        const position: Position = { kind: "config", epoch: 0, group: 2 ** 32 - 1, object: 0 };
        const [message] = joinAll(splitMessage(position, given, PART_HEADER + room));
        expect(message).toMatchObject(position);
        expect(Buffer.from(message?.content ?? [])).toEqual(Buffer.concat(given));
      }),
    );
  });

  it("is refused with the name of the setting where the broker takes too little", () => {
    for (const max of [0, PART_HEADER - 1, PART_HEADER]) {
      expect(() => split(100, max)).toThrow(
        `Cannot send 100 bytes through a broker whose max_payload is ${max} bytes; raise max_payload`,
      );
      expect(() => split(0, max)).toThrow(/max_payload/);
    }
    expect(split(0xffff, PART_HEADER + 1)).toHaveLength(0xffff);
    expect(() => split(0xffff + 1, PART_HEADER + 1)).toThrow(/raise max_payload/);
  });

  it("is dropped when a part is missing, and the next one comes", () => {
    const parts = split(50, PART_HEADER + 10);
    const next = split(50, PART_HEADER + 10, { object: 5 });
    for (let missing = 0; missing < parts.length; missing++) {
      const joiner = new PartJoiner();
      const rest = parts.filter((_, at) => at !== missing);
      expect(joinAll(rest, joiner)).toEqual([]);
      expect(joinAll(next, joiner)).toMatchObject([{ object: 5 }]);
    }
  });

  it("is dropped when its parts come twice or in another order", () => {
    const [one, two, three] = split(30, PART_HEADER + 10) as [Uint8Array, Uint8Array, Uint8Array];
    expect(joinAll([one, three, two])).toEqual([]);
    expect(joinAll([one, two, two, three])).toEqual([]);
    expect(joinAll([one, one, two, three])).toHaveLength(1);
  });

  it("is never mixed with another one", () => {
    const others: Partial<Position>[] = [
      { kind: "config" },
      { epoch: 1 },
      { group: 9 },
      { object: 9 },
    ];
    const [one, two, three] = split(30, PART_HEADER + 10) as [Uint8Array, Uint8Array, Uint8Array];
    for (const other of others) {
      const [, middle] = split(30, PART_HEADER + 10, other) as [Uint8Array, Uint8Array];
      expect(joinAll([one, middle, three])).toEqual([]);
      expect(joinAll([one, middle, two, three])).toEqual([]);
    }
    const shorter = split(20, PART_HEADER + 10) as [Uint8Array, Uint8Array];
    expect(joinAll([one, shorter[1], three])).toEqual([]);
  });

  it("gives way to one that fits into one part", () => {
    const [first, ...rest] = split(30, PART_HEADER + 10) as [Uint8Array, ...Uint8Array[]];
    const whole = split(5, PART_HEADER + 10, { object: 5 });
    expect(joinAll([first, ...whole, ...rest])).toMatchObject([{ object: 5 }]);
  });
});

describe("a malformed part", () => {
  const [good] = split(5, 1000) as [Uint8Array];
  it.each([
    ["nothing", new Uint8Array(), /expected 24 bytes or more, got 0/],
    ["less than a header", good.slice(0, PART_HEADER - 1), /expected 24 bytes or more, got 23/],
    ["another version", changed(good, 0, 2), /got version 2/],
    ["an unknown kind", changed(good, 1, 9), /kind 9/],
    ["no parts", changed(good, 4, 0, 0), /part 0 of 0/],
    ["a part beyond the count", changed(good, 2, 1, 0), /part 1 of 1/],
    ["an epoch that is no number", changed(good, 22, 0xf0, 0x7f), /epoch NaN/],
  ])("is refused: %s", (_what, part, message) => {
    expect(() => new PartJoiner().take(part)).toThrow(ProtocolError);
    expect(() => new PartJoiner().take(part)).toThrow(message);
  });

  it("gives nothing but a ProtocolError, whatever bytes come", () => {
    const joiner = new PartJoiner();
    const bytes = fc.uint8Array({ maxLength: 40 });
    const mutated = fc
      .tuple(fc.integer({ min: 0, max: PART_HEADER }), fc.integer({ min: 0, max: 255 }))
      .map(([at, byte]) => changed(new Uint8Array([...good, 0]), at, byte));
    fc.assert(
      fc.property(fc.oneof(bytes, mutated), (part) => {
        try {
          joiner.take(part);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
