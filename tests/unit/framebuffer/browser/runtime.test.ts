/**
 * The browser's runtime, as much of it as runs in Node; tests/browser/frameSourceInPage.test.ts has
 * the rest.
 */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { browserRuntime } from "../../../../src/framebuffer/browser/runtime";
import { FramebufferSession } from "../../../../src/framebuffer/session";
import { DEFAULT_SETTINGS } from "../../../../src/framebuffer/settings";
import type {
  ImageFrameMessage,
  SessionMessage,
  ViewMessage,
} from "../../../../src/protocol/messages";
import { decodePng } from "../../../support/decodeImage";
import { linkTransports } from "../../../support/linkedTransport";

describe("comparing memory in a browser", () => {
  it("finds a difference in a range and none outside it, wherever the arrays begin", () => {
    const cases = fc.record({
      length: fc.integer({ min: 1, max: 70 }),
      place: fc.nat(69),
      range: fc.tuple(fc.nat(70), fc.nat(70)),
      offsets: fc.tuple(fc.nat(5), fc.nat(5)),
    });
    fc.assert(
      fc.property(cases, ({ length, place, range, offsets }) => {
        const [one, other] = offsets.map((offset) =>
          new Uint8Array(offset + length).subarray(offset),
        ) as [Uint8Array, Uint8Array];
        const at = place % length;
        other[at] = 1;
        const [begin, end] = range.map((edge) => Math.min(edge, length)).sort((a, b) => a - b) as [
          number,
          number,
        ];
        const differs = browserRuntime.compare(one, other);
        expect(differs(begin, end)).toBe(begin <= at && at < end);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("base64 in a browser", () => {
  it.each([0, 1, 2, 3, 8191, 8192, 8193, 100_000])("is Node's for %i bytes", (length) => {
    const bytes = Uint8Array.from({ length: length + 3 }, (_, at) => at * 7).subarray(3);
    expect(browserRuntime.toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  });
});

describe("a browser's timers", () => {
  it("call back in a later turn, in order", async () => {
    const calls: string[] = [];
    browserRuntime.defer(() => calls.push("first"));
    browserRuntime.defer(() => calls.push("second"));
    browserRuntime.delay(0.001, () => calls.push("delayed"));
    await Promise.resolve();
    expect(calls).toEqual([]);
    await vi.waitFor(() => expect(calls).toHaveLength(3));
    expect(calls.indexOf("first")).toBeLessThan(calls.indexOf("second"));
  });

  it("can be cancelled", async () => {
    const cancelled = vi.fn();
    browserRuntime.defer(cancelled).dispose();
    browserRuntime.delay(0, cancelled).dispose();
    const later = vi.fn();
    browserRuntime.defer(later);
    browserRuntime.delay(0.001, later);
    await vi.waitFor(() => expect(later).toHaveBeenCalledTimes(2));
    expect(cancelled).not.toHaveBeenCalled();
  });
});

describe("a session with a browser's runtime", () => {
  it.each([true, false])("sends every pixel, as bytes: %s", async (_use_websocket) => {
    const { left, right } = linkTransports<SessionMessage, ViewMessage>();
    const [width, height] = [40, 30];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 5) % 251);
    const files: Uint8Array[] = [];
    right.onMessage((message, [buffer]) => {
      const { data_b64 } = message as ImageFrameMessage;
      const file = data_b64 === null ? buffer : Buffer.from(data_b64.split(",")[1] ?? "", "base64");
      if (file !== undefined) files.push(file);
    });
    const errors: unknown[] = [];
    const session = new FramebufferSession({
      source: {
        get_frame: () => ({ data, shape: [height, width, 3] }),
        handle_event: () => undefined,
      },
      transport: left,
      settings: { ...DEFAULT_SETTINGS, codec: "png", _use_websocket },
      runtime: browserRuntime,
      reportError: (error) => errors.push(error),
    });
    session.setVisible(true);
    right.send({ type: "hello", version: 1, accepts: [] });
    await vi.waitFor(() => expect(files).toHaveLength(1));
    session.dispose();
    const { rgba } = decodePng(files[0] ?? new Uint8Array());
    expect(rgba.filter((_, at) => at % 4 !== 3)).toEqual(data);
    expect(errors).toEqual([]);
  });
});
