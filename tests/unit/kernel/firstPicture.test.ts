import { PNG } from "pngjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MaybeFrame } from "../../../src/framebuffer";
import { RemoteFrameBuffer } from "../../../src/kernel";
import { MAX_KEPT_BYTES } from "../../../src/protocol/keptPicture";
import { DETAILS, DISPLAY, type MimeBundle } from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

/** Draws one gray at the size of the view. */
class Gray extends RemoteFrameBuffer {
  level = 90;
  draws = 0;
  override get_frame(): MaybeFrame | Promise<MaybeFrame> {
    this.draws += 1;
    const { pwidth, pheight } = this.view_size;
    return { data: new Uint8Array(pwidth * pheight).fill(this.level), shape: [pheight, pwidth] };
  }
}

function pngOf(bundle: MimeBundle | undefined): PNG {
  const png = bundle?.["image/png"];
  return PNG.sync.read(
    typeof png === "string" ? Buffer.from(png, "base64") : Buffer.from(png as Uint8Array),
  );
}

describe.each(KERNELS)("on $on, the output of a live view", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  it("has the first picture, at its logical size", () => {
    const bundle = new Gray({ css_width: "80px", css_height: "60px" })[DISPLAY]();
    expect(Object.keys(bundle)).toEqual([
      "application/vnd.jupyter.widget-view+json",
      "text/plain",
      "image/png",
    ]);
    expect(pngOf(bundle)).toMatchObject({ width: 80, height: 60 });
    expect(pngOf(bundle).data[0]).toBe(90);
    expect(bundle[DETAILS]).toEqual({ metadata: { "image/png": { width: 80, height: 60 } } });
  });

  it("has the picture as it is when the widget is shown again", async () => {
    const widget = new Gray({ css_width: "80px", css_height: "60px" });
    widget[DISPLAY]();
    kernel.update(widget.model_id, { _has_visible_views: true });
    const draws = widget.draws;
    widget.level = 200;
    widget.request_draw();
    await expect.poll(() => widget.draws).toBeGreaterThan(draws);
    await new Promise(setImmediate);
    expect(pngOf(widget[DISPLAY]()).data[0]).toBe(200);
  });

  it("has none if the widget says so", () => {
    const widget = new Gray({ keep_picture: false });
    expect(widget[DISPLAY]()).not.toHaveProperty(["image/png"]);
    expect(widget.draws).toBe(0);
  });

  it("gets one that takes time later", async () => {
    let finish: (frame: MaybeFrame) => void = () => undefined;
    const widget = new (class extends RemoteFrameBuffer {
      override get_frame(): Promise<MaybeFrame> {
        return new Promise((resolve) => (finish = resolve));
      }
    })();
    const bundle = widget[DISPLAY]();
    expect(bundle).not.toHaveProperty(["image/png"]);
    finish({ data: Uint8Array.of(7), shape: [1, 1] });
    await expect.poll(() => kernel.displayed).toHaveLength(1);
    const [shown] = kernel.displayed;
    expect(shown).toMatchObject({ displayId: bundle[DETAILS]?.displayId, update: true });
    expect(pngOf(shown?.data).data[0]).toBe(7);
    expect(shown?.data).toHaveProperty(["application/vnd.jupyter.widget-view+json"]);
  });

  it("gets none from a widget that was closed meanwhile, or that never draws", async () => {
    const widget = new RemoteFrameBuffer();
    expect(widget[DISPLAY]()).not.toHaveProperty(["image/png"]);
    widget.close();
    await new Promise(setImmediate);
    expect(kernel.displayed).toEqual([]);
  });

  it("is there without it if get_frame() throws, which is reported", async () => {
    const widget = new (class extends RemoteFrameBuffer {
      override get_frame(): never {
        throw new Error("no light");
      }
    })();
    expect(widget[DISPLAY]()).toHaveProperty(["application/vnd.jupyter.widget-view+json"]);
    await expect
      .poll(() => JSON.stringify(kernel.sent.at(-1)?.data))
      .toContain("get_frame: Error: no light");
  });

  it("has a smaller one of a frame that is too large", () => {
    const widget = new (class extends RemoteFrameBuffer {
      override get_frame() {
        const data = new Uint8Array(1600 * 1000 * 3);
        for (let index = 0; index < data.length; index++) data[index] = Math.random() * 256;
        return { data, shape: [1000, 1600, 3] };
      }
    })({ css_width: "1600px", css_height: "1000px" });
    const bundle = widget[DISPLAY]();
    const png = bundle["image/png"] as Uint8Array;
    expect(png.byteLength).toBeLessThanOrEqual(MAX_KEPT_BYTES);
    expect(pngOf(bundle).width).toBeGreaterThan(400);
    expect(bundle[DETAILS]?.metadata).toEqual({ "image/png": { width: 1600, height: 1000 } });
  });
});
