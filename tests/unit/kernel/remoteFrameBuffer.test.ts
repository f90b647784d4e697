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

  /** Lets what is done at the end of a job, and what that leads to, be done. */
  async function endOfJob(): Promise<void> {
    for (let round = 0; round < 4; round++) await Promise.resolve();
  }

  /** The texts that Output widgets were given, in order. */
  function printed(): string {
    return JSON.stringify(kernel.sent.map((message) => message.data));
  }

  describe("RemoteFrameBuffer", () => {
    it("shows below itself what it prints", async () => {
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

    it("reports it when that cannot be shown, and goes on", async () => {
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

    it("shows nothing for a widget that is closed in the same job", async () => {
      const widget = new RemoteFrameBuffer();
      widget[DISPLAY]();
      widget.close();
      await endOfJob();
      expect(kernel.displayed).toEqual([]);
    });
  });
});
