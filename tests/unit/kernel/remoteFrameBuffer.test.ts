import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { SOURCE_LISTENERS } from "../../../src/framebuffer";
import { WorkerEncoders } from "../../../src/framebuffer/encoders/image/workerEncoders";
import { RemoteFrameBuffer } from "../../../src/kernel";
import { DISPLAY, STATUS } from "../../../src/widgets";
import type { RfbEvent } from "../../../src/protocol/events";
import { collectStdout } from "../../support/collectStdout";
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
    it("shows printed text in its own views, from the first text on", async () => {
      const widget = new RemoteFrameBuffer();
      widget[DISPLAY]();
      await endOfJob();
      expect(kernel.sent.filter(({ type }) => type === "comm_open")).toHaveLength(2);
      widget.print("hello", { answer: 42 });
      await endOfJob();
      expect(kernel.displayed).toEqual([]);
      const output = kernel.sent.find(({ data }) => JSON.stringify(data).includes("OutputModel"));
      expect(printed()).toContain(`"_output":"IPY_MODEL_${output?.commId}"`);
      expect(printed()).toContain("hello { answer: 42 }");
    });

    it("shows printed text by itself if it is not shown", async () => {
      const widget = new RemoteFrameBuffer();
      widget.print("alone");
      await endOfJob();
      expect(kernel.displayed).toHaveLength(1);
      expect(kernel.displayed[0]?.data).toHaveProperty([
        "application/vnd.jupyter.widget-view+json",
      ]);
      expect(printed()).toContain("alone");
      widget.close();
      expect(kernel.cellText).toBe("");
    });

    it("shows it below the picture if that is shown in the same job", async () => {
      const widget = new RemoteFrameBuffer();
      widget.print("first");
      widget[DISPLAY]();
      await endOfJob();
      expect(kernel.displayed).toEqual([]);
    });

    it("leaves what it has printed in its cell when it is closed", async () => {
      class Last extends RemoteFrameBuffer {
        override handle_event(event: RfbEvent): void {
          if (event.event_type === "close") this.print("bye");
        }
      }
      const widget = new Last();
      widget[DISPLAY]();
      kernel.runCell("other");
      widget.print("hello");
      await endOfJob();
      expect(kernel.cellText).toBe("");
      widget.close();
      expect(kernel.cellText).toBe("cell 0 stdout: hello\nbye\n");
      widget.print("after");
      expect(kernel.cellText).toBe("cell 0 stdout: hello\nbye\ncell 0 stdout: after\n");
    });

    it("reports if the text cannot be shown, and keeps working", async () => {
      const display = vi.spyOn(kernel, "display").mockImplementation(() => {
        throw new Error("the connection is gone");
      });
      const widget = new RemoteFrameBuffer();
      widget.print("alone");
      await endOfJob();
      expect(display).toHaveBeenCalledOnce();
      expect(printed()).toContain(
        "RemoteFrameBuffer, showing what it prints: Error: the connection is gone",
      );
      expect(widget[STATUS]).toBe("open");
    });

    it("shows an error that repeats as one line with a count", async () => {
      // One error, since the stack of another would have other places of this test.
      const error = new Error("no hands");
      class Failing extends RemoteFrameBuffer {
        override handle_event(): void {
          throw error;
        }
      }
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      try {
        const widget = new Failing();
        widget[DISPLAY]();
        for (let time = 0; time < 300; time++) {
          kernel.custom(widget.model_id, { type: "show", timestamp: time });
          await endOfJob();
          vi.advanceTimersByTime(10);
        }
        vi.advanceTimersByTime(1000);
        await endOfJob();
        const outputs = kernel.sent.filter(({ data }) => JSON.stringify(data).includes("no hands"));
        expect(outputs.length).toBeGreaterThan(1);
        expect(outputs.length).toBeLessThan(8);
        const last = JSON.stringify(outputs.at(-1)?.data);
        expect(last.match(/Failing, handle_event/g)).toHaveLength(1);
        expect(last).toContain("(301 times)");
      } finally {
        vi.useRealTimers();
      }
    });

    it("says how many messages the kernel has dropped", () => {
      expect(new RemoteFrameBuffer().get_stats()).toMatchObject({
        dropped_messages: 0,
        last_drop_reason: "",
      });
      Object.assign(kernel, { droppedMessages: 3, lastDropReason: "wrong signature" });
      expect(new RemoteFrameBuffer().get_stats()).toMatchObject({
        dropped_messages: 3,
        last_drop_reason: "wrong signature",
      });
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

describe("a RemoteFrameBuffer outside a notebook", () => {
  let written: string[];

  beforeEach(() => {
    written = collectStdout();
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  const listener = { onDrawRequest: vi.fn(), onFrame: vi.fn(), onClosed: vi.fn() };

  it("prints to the standard output, also in its constructor", () => {
    class Talking extends RemoteFrameBuffer {
      constructor() {
        super();
        this.print("made", { answer: 42 });
      }
    }
    const widget = new Talking();
    widget.print("hello");
    expect(written).toEqual(["made { answer: 42 }\n", "hello\n"]);
  });

  it("gives a frame that is sent to the snapshot that waits for one, and complains about nothing", async () => {
    const complaints = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const frame = { data: new Uint8Array(3).fill(7), shape: [1, 1, 3] };
    const alone = new RemoteFrameBuffer();
    const served = new RemoteFrameBuffer();
    served[SOURCE_LISTENERS](listener);
    for (const widget of [alone, served]) {
      const snapshot = widget.snapshot();
      await new Promise((resolve) => setImmediate(resolve));
      widget.send_frame(frame);
      expect([...((await snapshot.ready).data?.data ?? [])]).toEqual([7, 7, 7]);
    }
    expect(complaints).not.toHaveBeenCalled();
  });

  it("draws for a snapshot that waits, and encodes nothing, as no view can get it", async () => {
    const encoder = vi.spyOn(WorkerEncoders.prototype, "get");
    class Late extends RemoteFrameBuffer {
      draws = 0;
      override get_frame(): { data: Uint8Array; shape: number[] } | null {
        this.draws += 1;
        this.request_draw();
        return this.draws < 3 ? null : { data: new Uint8Array(3).fill(9), shape: [1, 1, 3] };
      }
    }
    const { data } = await new Late().snapshot().ready;
    expect([...(data?.data ?? [])]).toEqual([9, 9, 9]);
    expect(encoder).not.toHaveBeenCalled();
  });

  it("prints after its server has closed, and after it was closed itself", () => {
    const widget = new RemoteFrameBuffer();
    const listening = widget[SOURCE_LISTENERS](listener);
    widget.print("served");
    listening.dispose();
    widget.print("no longer served");
    widget.close();
    widget.print("closed");
    expect(written).toEqual(["served\n", "no longer served\n", "closed\n"]);
  });

  it("drops a frame that was finished after its server has closed", () => {
    const widget = new RemoteFrameBuffer();
    widget[SOURCE_LISTENERS](listener).dispose();
    expect(() => widget.send_frame({ data: Uint8Array.of(1), shape: [1, 1] })).not.toThrow();
  });
});
