import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { RemoteFrameBuffer } from "../../../src/kernel/remoteFrameBuffer";
import { DISPLAY, STATUS } from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  /** Resolves after the end of the current job and the jobs that it queues. */
  async function endOfJob(): Promise<void> {
    for (let round = 0; round < 4; round++) await Promise.resolve();
  }

  /** Everything that was sent, as text. */
  function printed(): string {
    return JSON.stringify(kernel.sent.map((message) => message.data));
  }

  describe("RemoteFrameBuffer", () => {
    it("shows printed text below itself", async () => {
      const widget = new RemoteFrameBuffer();
      widget[DISPLAY]();
      widget.print("hello", { answer: 42 });
      await endOfJob();
      expect(kernel.displayed).toHaveLength(1);
      expect(kernel.displayed[0]?.data).toHaveProperty([
        "application/vnd.jupyter.widget-view+json",
      ]);
      expect(printed()).toContain("hello { answer: 42 }");
    });

    it("reports if the text cannot be shown, and keeps working", async () => {
      const display = vi.spyOn(kernel, "display").mockImplementation(() => {
        throw new Error("the connection is gone");
      });
      const widget = new RemoteFrameBuffer();
      widget[DISPLAY]();
      await endOfJob();
      expect(display).toHaveBeenCalledOnce();
      expect(printed()).toContain(
        "RemoteFrameBuffer, showing what it prints: Error: the connection is gone",
      );
      expect(widget[STATUS]).toBe("open");
    });

    it("shows no text area if it is closed in the same job", async () => {
      const widget = new RemoteFrameBuffer();
      widget[DISPLAY]();
      widget.close();
      await endOfJob();
      expect(kernel.displayed).toEqual([]);
    });
  });
});
