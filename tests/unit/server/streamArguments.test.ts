import { describe, expect, it } from "vitest";
import { streamArguments } from "../../../src/server/streamArguments";

class Picture {
  get_frame(): null {
    return null;
  }
  handle_event(): void {}
}

describe("what makes a stream", () => {
  it("is a size or a source", () => {
    const source = new Picture();
    expect(streamArguments(source, { fps: 5 })).toMatchObject({ source, options: { fps: 5 } });
    expect(streamArguments(300, 200)).toMatchObject({ width: 300, height: 200 });
  });

  it.each<[string, unknown, string]>([
    ["null", null, "got null"],
    ["a class", Picture, "got a function; for a class, pass new Picture()"],
    [
      "another name",
      { getFrame: () => null, handle_event: () => undefined },
      "got an object without get_frame(); rename its getFrame() to get_frame()",
    ],
    ["no method at all", {}, "got an object without get_frame()"],
    ["no handler", { get_frame: () => null }, "with no handle_event; add handle_event() {}"],
    ["another handler", { get_frame: () => null, handle_event: 1 }, "with another handle_event"],
  ])("isn't %s", (_what, source, text) => {
    const make = (): unknown => streamArguments(source, undefined);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(
      /^source: expected a width in pixels, or an object with get_frame\(\) and/,
    );
    expect(make).toThrow(text);
  });
});
