import { describe, expect, it } from "vitest";
import { compileHints } from "../../../../src/kernel/tslab/compileHints";

function hintsFor(errors: string): readonly string[] {
  return compileHints({ errors, isFrameBuffer: (name) => name === "Picture" });
}

/** What TypeScript says of a get_frame() that returns this type. */
function returning(type: string): string {
  return [
    "1:45 - Property 'get_frame' in type 'Picture' is not assignable to the same property in base type 'RemoteFrameBuffer'.",
    `1:45 - Type '() => ${type}' is not assignable to type '() => MaybeFrame | Promise<MaybeFrame>'.`,
    `1:45 - Type '${type}' is not assignable to type 'MaybeFrame | Promise<MaybeFrame>'.`,
    "1:45 - Type '() => Buffer' is not assignable to type 'FrameBytes'.\n",
  ].join("\n");
}

const EVENTS = '"resize" | "pointer_down" | "pointer_up" | "double_click" | "key_down" | "wheel"';

describe("what to write instead", () => {
  it.each([
    ["void", "End it with: return { data, shape: [height, width, 3] };"],
    ["Promise<void>", "End it with: return { data, shape: [height, width, 3] };"],
    ["{ data: Float32Array; shape: number[]; }", "{ data, shape: [height, width], range: [0, 1] }"],
    ["Promise<{ data: Float64Array; shape: number[]; }>", "range: [0, 1]"],
    ["{ data: Uint16Array; shape: number[]; }", "range: [0, 65535]"],
    ["{ data: Promise<Uint8Array>; shape: number[]; }", "write: data: await ..."],
    ["Canvas", "return frameFromCanvas(canvas); and import it from jupyter-rfb-ts"],
    ["{ width: number; getContext: () => void; data: () => Buffer; }", "frameFromCanvas("],
    ["{ data: () => Buffer; width: number; height: number; }", "data is a function. Call it"],
    ["number[][][]", "{ data: Uint8Array.from(pixels.flat(2)), shape: [height, width, 3] }"],
    ["number[][]", "Uint8Array.from(pixels.flat())"],
    ["number[]", "Uint8Array.from(pixels)"],
    ["Buffer", "return { data: pixels, shape: [height, width, 3] }"],
    ["Uint8Array", "return { data: pixels, shape: [height, width, 3] }"],
    ["string", "get_frame() returns { data, shape: [height, width, 3] }, whose data are bytes"],
  ])("for a get_frame() that returns %s", (type, text) => {
    expect(hintsFor(returning(type))).toEqual([expect.stringContaining(text)]);
  });

  it.each([
    ["click", "pointer_down"],
    ["mousedown", "pointer_down"],
    ["pointerdown", "pointer_down"],
    ["pointer_dwon", "pointer_down"],
    ["keydown", "key_down"],
    ["dblclick", "double_click"],
  ])("for an event type %s", (wrong, right) => {
    const help = [`there is no event "${wrong}"; write "${right}"`];
    expect(
      hintsFor(
        `2:9 - This comparison appears to be unintentional because the types '${EVENTS}' and '"${wrong}"' have no overlap.\n`,
      ),
    ).toEqual(help);
    expect(hintsFor(`2:9 - Type '"${wrong}"' is not comparable to type '${EVENTS}'.\n`)).toEqual(
      help,
    );
  });

  it.each([
    ["PointerEvent", "clientX", "event.x"],
    ["WheelEvent", "deltaY", "event.dy"],
    ["KeyEvent", "ctrlKey", 'event.modifiers.includes("Control")'],
    ["Picture", "save", "await w.save_picture(path)"],
    ["Picture", "get_fps", "w.get_stats().fps"],
  ])("for a %s's %s", (type, name, right) => {
    expect(hintsFor(`1:5 - Property '${name}' does not exist on type '${type}'.\n`)).toEqual([
      `there is no ${name}; write ${right}`,
    ]);
  });

  it("for the size of a widget", () => {
    expect(
      hintsFor(
        "2:24 - Object literal may only specify known properties, and 'width' does not exist in type 'RemoteFrameBufferOptions'.\n",
      ),
    ).toEqual(['write css_width, such as css_width: "600px"']);
  });

  it("stands once, however often the mistake was made", () => {
    const error = "1:5 - Property 'save' does not exist on type 'Picture'.\n";
    expect(hintsFor(error + error)).toHaveLength(1);
  });

  it.each([
    "",
    "1:5 - Property 'save' does not exist on type 'Other'.\n",
    "1:5 - Property 'constructor' does not exist on type 'Picture'.\n",
    "1:5 - Property 'clientX' does not exist on type 'Other'.\n",
    "1:5 - Property 'qualty' does not exist on type 'Picture'. Did you mean 'quality'?\n",
    `1:5 - This comparison appears to be unintentional because the types '"a" | "b"' and '"click"' have no overlap.\n`,
    `1:5 - Type '"something else"' is not comparable to type '${EVENTS}'.\n`,
    `1:5 - Type '"unlike"' is not comparable to type '${EVENTS}'.\n`,
    "1:5 - Cannot find name 'canvas'.\n",
  ])("is left open for %j", (errors) => {
    expect(hintsFor(errors)).toEqual([]);
  });
});
