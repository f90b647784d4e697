import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { IntSlider, VBox } from "../../../src/widgets/coreWidgets";
import { RemoteFrameBuffer } from "../../../src/kernel";

class Picture extends RemoteFrameBuffer {
  label = "mine";
  override get_frame(): { data: Uint8Array; shape: number[] } {
    return { data: new Uint8Array(6), shape: [2, 3] };
  }
}

const slider = new IntSlider({ value: 3 });
const closed = new IntSlider();
closed.close();

describe("console.log", () => {
  it.each<[string, unknown, string]>([
    ["a widget", slider, "IntSlider(value=3)"],
    ["a closed widget", closed, "IntSlider(closed)"],
    ["a widget in an array", [slider], "[ IntSlider(value=3) ]"],
    ["a widget in an object", { a: { b: slider } }, "{ a: { b: IntSlider(value=3) } }"],
    [
      "a widget at the last level",
      { a: { b: { c: slider } } },
      "{ a: { b: { c: IntSlider(value=3) } } }",
    ],
    [
      "a widget in a Map",
      new Map([[slider, slider]]),
      "Map(1) { IntSlider(value=3) => IntSlider(value=3) }",
    ],
    ["a widget in a Set", new Set([slider]), "Set(1) { IntSlider(value=3) }"],
    ["a widget in a widget", new VBox([slider]), "VBox(children=[IntSlider()])"],
    ["the user's picture", new Picture(), "Picture() { label: 'mine' }"],
    ["pictures in an array", [new Picture()], "[ Picture() { label: 'mine' } ]"],
    [
      "a picture below the levels",
      { a: { b: { c: new Picture() } } },
      "{ a: { b: { c: Picture() } } }",
    ],
    ["a snapshot", new Picture().snapshot(), "Snapshot(3 x 2)"],
    ["snapshots in an array", [new Picture().snapshot()], "[ Snapshot(3 x 2) ]"],
  ])("prints %s", (_what, value, text) => {
    expect(inspect(value)).toBe(text);
  });

  it("prints a snapshot that is being drawn", async () => {
    const later = new (class extends RemoteFrameBuffer {
      override async get_frame(): Promise<{ data: Uint8Array; shape: number[] }> {
        await Promise.resolve();
        return { data: new Uint8Array(1), shape: [1, 1] };
      }
    })().snapshot();
    expect(inspect(later)).toBe("Snapshot(not drawn)");
    expect(inspect(await later.ready)).toBe("Snapshot(1 x 1)");
  });

  it("ends if a widget's field refers to the widget", () => {
    class Own extends IntSlider {
      me = this as object;
      list = [1, { a: { b: 1 } }];
    }
    const own = new Own();
    expect(inspect(own)).toBe("Own() { me: Own(), list: [ 1, { a: [Object] } ] }");
    expect(inspect(own, { depth: null, compact: 10, breakLength: 200 })).toBe(
      "Own() { me: Own(), list: [ 1, { a: { b: 1 } } ] }",
    );
    const [one, other] = [new Own(), new Own()];
    Object.assign(one, { me: other, list: [] });
    Object.assign(other, { me: one, list: [] });
    expect(inspect(one)).toBe("Own() { me: Own() { me: Own(), list: [] }, list: [] }");
  });
});
