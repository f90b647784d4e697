import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MaybeFrame } from "../../../src/framebuffer";
import { EMPTY_AFTER_SECONDS } from "../../../src/framebuffer/source/pictureStatus";
import { RemoteFrameBuffer } from "../../../src/kernel";
import { DISPLAY, GET_TRAIT } from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

/** Returns what a test gives it. */
class Given extends RemoteFrameBuffer {
  result: () => unknown = () => null;
  override get_frame(): MaybeFrame | Promise<MaybeFrame> {
    return this.result() as MaybeFrame;
  }
}

const RETURN = "End get_frame() with: return { data, shape: [height, width, 3] }";

const FRAME = { data: Uint8Array.of(1, 2, 3), shape: [1, 1, 3] };

describe.each(KERNELS)("on $on, a picture's status", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    vi.useRealTimers();
    removeKernel();
  });

  const statusOf = (widget: RemoteFrameBuffer): unknown => widget[GET_TRAIT]("_status");

  /** The status after a while. Draws slow down after errors. */
  function later(widget: RemoteFrameBuffer): unknown {
    vi.advanceTimersByTime(1000);
    return statusOf(widget);
  }

  /** A page shows the widget for so many seconds. */
  async function see<Shown extends RemoteFrameBuffer>(
    widget: Shown,
    seconds = EMPTY_AFTER_SECONDS,
  ): Promise<Shown> {
    widget[DISPLAY]();
    kernel.custom(widget.model_id, { type: "hello", version: 1 });
    kernel.update(widget.model_id, { _has_visible_views: true });
    await turns();
    vi.advanceTimersByTime(seconds * 1000);
    return widget;
  }

  async function turns(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  }

  function given(result: () => unknown): Given {
    const widget = new Given();
    widget.result = result;
    return widget;
  }

  it("is null while there are frames", async () => {
    expect(statusOf(await see(given(() => FRAME)))).toBeNull();
  });

  it("says after two seconds why there is none", async () => {
    const empty = (reason: string) => ({ kind: "empty", text: `Nothing drawn yet: ${reason}` });
    expect(
      statusOf(
        await see(
          given(() => undefined),
          1.9,
        ),
      ),
    ).toBeNull();
    expect(statusOf(await see(given(() => undefined)))).toEqual(
      empty(`get_frame() returned undefined. Is a \`return\` missing? ${RETURN}`),
    );
    expect(statusOf(await see(given(() => null)))).toEqual(
      empty(`get_frame() returned null, which draws nothing. ${RETURN}`),
    );
    expect(statusOf(await see(given(() => new Promise(() => undefined))))).toEqual(
      empty("the Promise of get_frame() has not settled. What it awaits has not ended"),
    );
    // A Promise of a library, or of another realm.
    expect(statusOf(await see(given(() => ({ then: () => undefined }))))).toEqual(
      empty("the Promise of get_frame() has not settled. What it awaits has not ended"),
    );
    class Nothing extends RemoteFrameBuffer {}
    expect(statusOf(await see(new Nothing()))).toEqual(
      empty("Nothing has no get_frame(), and send_frame() was not called"),
    );
    class Mistaken extends RemoteFrameBuffer {
      getFrame(): unknown {
        return FRAME;
      }
    }
    expect(statusOf(await see(new Mistaken()))).toEqual(
      empty("Mistaken has getFrame() but no get_frame(). Rename it to get_frame()"),
    );
  });

  it("is null again once a frame comes, drawn or sent", async () => {
    const drawn = await see(given(() => null));
    drawn.result = () => FRAME;
    drawn.request_draw();
    await expect.poll(() => statusOf(drawn)).toBeNull();
    const sent = await see(new RemoteFrameBuffer());
    expect(statusOf(sent)).not.toBeNull();
    sent.send_frame(FRAME);
    expect(statusOf(sent)).toBeNull();
  });

  it("is the error of get_frame(), until it draws again", async () => {
    const widget = await see(given(() => FRAME));
    for (const [result, text] of [
      [() => Promise.reject(new Error("no light")), /^get_frame\(\): no light$/],
      [() => ({ data: new Uint8Array(5), shape: [1, 1, 3] }), /^get_frame\(\): .*5/],
    ] as const) {
      widget.result = result;
      widget.request_draw();
      const status = { kind: "error", text: expect.stringMatching(text) as unknown };
      await expect.poll(() => later(widget)).toEqual(status);
    }
    widget.result = () => FRAME;
    widget.request_draw();
    await expect.poll(() => later(widget)).toBeNull();
  });

  it("is sent to pages", async () => {
    const widget = await see(given(() => null));
    const [update] = kernel.messages(widget.model_id, "update").slice(-1);
    expect(update).toMatchObject({ state: { _status: { kind: "empty" } } });
  });

  it("has no timer once the widget is hidden or closed", async () => {
    const hidden = await see(
      given(() => null),
      1,
    );
    kernel.update(hidden.model_id, { _has_visible_views: false });
    const closed = await see(
      given(() => null),
      1,
    );
    closed.close();
    vi.advanceTimersByTime(60_000);
    expect([statusOf(hidden), statusOf(closed)]).toEqual([null, null]);
  });
});
