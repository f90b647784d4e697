import { describe, expect, it } from "vitest";
import { readPageMetadata } from "../../../../src/kernel/tslab/messageMetadata";

describe("the metadata of a page's message", () => {
  it("says what the page can do", () => {
    expect(readPageMetadata({ "jupyter-rfb-ts": { idle: false, direct: true } })).toEqual({
      awaitsIdle: false,
      takesDirect: true,
    });
  });

  it.each([
    undefined,
    null,
    "text",
    3,
    {},
    { "jupyter-rfb-ts": null },
    { "jupyter-rfb-ts": "direct" },
    { "jupyter-rfb-ts": { idle: 0, direct: 1 } },
  ])("says nothing if it is %j", (metadata) => {
    expect(readPageMetadata(metadata)).toEqual({ awaitsIdle: true, takesDirect: false });
  });
});
