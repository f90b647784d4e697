import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RemoteFrameBuffer } from "../../../src/kernel";
import type { RfbEvent } from "../../../src/protocol/events";
import { DISPLAY } from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

const POINTER = { x: 1, y: 1, button: 1, buttons: [1], modifiers: [], ntouches: 0, touches: {} };

/** Shows a widget and presses something in it. Returns what was sent after that. */
async function press(widget: RemoteFrameBuffer): Promise<string> {
  widget[DISPLAY]();
  const before = kernel.sent.length;
  for (let timestamp = 1; timestamp < 4; timestamp += 1) {
    kernel.custom(widget.model_id, { type: "pointer_down", timestamp, ...POINTER });
    await new Promise(setImmediate);
  }
  return JSON.stringify(kernel.sent.slice(before).map(({ data }) => data));
}

describe.each(KERNELS)("on $on, a handler of another name", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  class Misspelt extends RemoteFrameBuffer {
    handleEvent(): void {}
  }

  it("is named below the picture, once, when the user presses something", async () => {
    const widget = new Misspelt();
    widget[DISPLAY]();
    kernel.custom(widget.model_id, { type: "focus_in", timestamp: 0 });
    await new Promise(setImmediate);
    expect(JSON.stringify(kernel.sent)).not.toContain("Rename");
    const text = "Misspelt has handleEvent() but no handle_event(). Rename it to handle_event()";
    expect((await press(widget)).split(text)).toHaveLength(2);
  });

  it("may be a helper of a handler", async () => {
    class Helped extends Misspelt {
      override handle_event(event: RfbEvent): void {
        void super.handle_event(event);
      }
    }
    expect(await press(new Helped())).not.toContain("Rename");
    expect(await press(new RemoteFrameBuffer())).not.toContain("Rename");
  });
});
