import { describe, expect, it } from "vitest";
import { verdict, type LeftOut } from "../../../scripts/lib/testParts.mjs";

const leftOut = (isSkipped: boolean, ...reasons: string[]): Map<string, LeftOut> =>
  new Map([["browsers", { isSkipped, reasons }]]);
const none = new Map<string, LeftOut>();

describe("what is said at the end of the tests", () => {
  it("is that all have passed, where all ran", () => {
    expect(verdict(undefined, none)).toBe("all tests passed");
    expect(verdict("browsers", none)).toBe("browsers: passed");
  });

  it("is that a part was skipped, and why, not that it passed", () => {
    const skipped = leftOut(true, "Firefox isn't installed", "WebKitGTK isn't installed");
    const reason = "browsers: skipped: Firefox isn't installed; WebKitGTK isn't installed";
    expect(verdict("browsers", skipped)).toBe(reason);
    expect(verdict(undefined, skipped)).toBe(
      `all tests that ran passed, but some didn't run:\n  ${reason}`,
    );
  });

  it("names what a part has left out", () => {
    expect(verdict("browsers", leftOut(false, "WebKitGTK isn't installed"))).toBe(
      "browsers: passed, but not all of it ran: WebKitGTK isn't installed",
    );
  });
});
