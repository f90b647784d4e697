import { describe, expect, it } from "vitest";
import {
  MAX_RECEIPT_LIMIT,
  MIN_RECEIPT_LIMIT,
  receiptLimit,
} from "../../../../src/framebuffer/pacing/receiptLimit";

/** A link with a round trip in seconds, and a throughput in bytes per second. */
const link = (roundTrip?: number, throughput?: number) => ({
  roundTrip,
  longestTransfer: (bytes: number) => (throughput === undefined ? undefined : bytes / throughput),
});

describe("the time limit of a receipt", () => {
  it("is two seconds before the first, and longer for many bytes", () => {
    expect(receiptLimit({ link: link(), bytesAwaited: 30_000, missed: 0 })).toBe(2);
    expect(receiptLimit({ link: link(), bytesAwaited: 125_000, missed: 0 })).toBe(4);
  });

  it.each([
    [0.001, MIN_RECEIPT_LIMIT],
    [0.1, MIN_RECEIPT_LIMIT],
    [0.3, 1.2],
    [2, 8],
    [60, MAX_RECEIPT_LIMIT],
  ])("follows a measured round trip of %f s", (roundTrip, limit) => {
    expect(receiptLimit({ link: link(roundTrip, 1e9), bytesAwaited: 0, missed: 0 })).toBeCloseTo(
      limit,
      9,
    );
  });

  it("grows each time that nothing comes, up to ten seconds", () => {
    const limits = [0, 1, 2, 3, 2000].map((missed) =>
      receiptLimit({ link: link(0.01, 1e9), bytesAwaited: 0, missed }),
    );
    expect(limits).toEqual([0.5, 2, 8, 10, 10]);
  });

  it("waits for a large file on a slow link, however often nothing came", () => {
    // 2 MB at 1 Mbit/s take 16 s.
    const input = { link: link(0.05, 125_000), bytesAwaited: 2e6 };
    expect(receiptLimit({ ...input, missed: 0 })).toBe(64);
    expect(receiptLimit({ ...input, missed: 5 })).toBe(64);
  });
});
