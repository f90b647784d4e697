import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import sharp from "sharp";
import { beforeEach, describe, expect, it } from "vitest";
import { RemoteFrameBuffer } from "../../../src/kernel";
import { disposedAfterEach } from "../../support/disposables";

class Orange extends RemoteFrameBuffer {
  override get_frame() {
    const { pwidth, pheight } = this.view_size;
    const data = new Uint8Array(pwidth * pheight * 3);
    for (let at = 0; at < data.length; at += 3) data.set([250, 130, 20], at);
    return { data, shape: [pheight, pwidth, 3] };
  }
}

const SIZE = { css_width: 40, css_height: 20 };

describe("save_picture()", () => {
  const disposables = disposedAfterEach();
  let folder: string;

  beforeEach(() => {
    folder = disposables.folder();
  });

  it("writes PNG", async () => {
    const path = join(folder, "a.PNG");
    await new Orange(SIZE).save_picture(path);
    const { width, height, data } = PNG.sync.read(readFileSync(path));
    expect([width, height, ...data.subarray(0, 3)]).toEqual([40, 20, 250, 130, 20]);
  });

  it.each(["jpg", "jpeg"])("writes .%s of the given size and quality", async (end) => {
    const path = join(folder, `a.${end}`);
    await new Orange(SIZE).save_picture(path, { pixel_ratio: 2, quality: 100 });
    const { width, height, data } = jpeg.decode(readFileSync(path));
    expect([width, height]).toEqual([80, 40]);
    for (const [index, value] of [250, 130, 20].entries()) {
      expect(Math.abs((data[index] ?? 0) - value)).toBeLessThan(4);
    }
  });

  it.each([80, 100])("writes WebP of quality %i", async (quality) => {
    const path = join(folder, "a.webp");
    await new Orange(SIZE).save_picture(path, { quality });
    const { format, width } = await sharp(path).metadata();
    expect([format, width]).toEqual(["webp", 40]);
  });

  it("waits for a frame that takes time, and rejects with what get_frame() throws", async () => {
    const slow = new (class extends RemoteFrameBuffer {
      override async get_frame() {
        await new Promise(setImmediate);
        return { data: Uint8Array.of(7), shape: [1, 1] };
      }
    })();
    const path = join(folder, "slow.png");
    await slow.save_picture(path);
    expect(PNG.sync.read(readFileSync(path)).data[0]).toBe(7);
    const failing = new (class extends RemoteFrameBuffer {
      override get_frame(): never {
        throw new Error("no light");
      }
    })();
    await expect(failing.save_picture(path)).rejects.toThrow("no light");
  });

  it("rejects what is no file, quality or ratio, and writes nothing", async () => {
    const widget = new Orange(SIZE);
    const end = 'expected a file name that ends in .png, .jpg, .jpeg, .webp, got "a.gif"';
    await expect(widget.save_picture("a.gif")).rejects.toThrow(`path: ${end}`);
    await expect(widget.save_picture(5 as never)).rejects.toThrow(/^path: expected a string/);
    const path = join(folder, "a.png");
    await expect(widget.save_picture(path, { quality: 0 })).rejects.toThrow(/^quality: /);
    await expect(widget.save_picture(path, { pixel_ratio: 0 })).rejects.toThrow(/^pixel_ratio: /);
    await expect(widget.save_picture(join(folder, "no/a.png"))).rejects.toThrow(
      "there is no folder",
    );
    expect(() => readFileSync(path)).toThrow("ENOENT");
    const unknown = widget.save_picture(path, { ratio: 2 } as never);
    await expect(unknown).rejects.toThrow(/^options: expected one of pixel_ratio, quality/);
    widget.close();
    await expect(widget.save_picture(path)).rejects.toThrow("closed");
  });

  it("does not draw if the file cannot be written", async () => {
    let draws = 0;
    const widget = new (class extends Orange {
      override get_frame() {
        draws += 1;
        return super.get_frame();
      }
    })(SIZE);
    await expect(widget.save_picture(join(folder, "no", "a.png"))).rejects.toThrow(
      /^Cannot write ".*a\.png": there is no folder ".*no"; create it first$/,
    );
    expect(draws).toBe(0);
  });

  it("replaces a file only once the new one is complete", async () => {
    const path = join(folder, "a.png");
    writeFileSync(path, "before");
    const failing = new (class extends RemoteFrameBuffer {
      override get_frame(): never {
        expect(readFileSync(path, "utf8")).toBe("before");
        throw new Error("no light");
      }
    })();
    await expect(failing.save_picture(path)).rejects.toThrow("no light");
    expect(readFileSync(path, "utf8")).toBe("before");
    await new Orange(SIZE).save_picture(path);
    expect(PNG.sync.read(readFileSync(path)).width).toBe(40);
    expect(readdirSync(folder)).toEqual(["a.png"]);
  });

  it("keeps a link, and replaces the file that it names", async () => {
    const file = join(folder, "file.png");
    const link = join(folder, "link.png");
    writeFileSync(file, "before");
    symlinkSync(file, link);
    await new Orange(SIZE).save_picture(link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(PNG.sync.read(readFileSync(file)).width).toBe(40);
  });
});
