import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { nodeWidgetRuntime } from "../../../src/kernel/node/nodeWidgetRuntime";
import { openWidget, portableRuntime } from "../../../src/widgets";
import { Audio, Image, Video } from "../../../src/widgets/coreWidgets";
import { disposedAfterEach } from "../../support/disposables";
import { installKernel, removeKernel } from "../../support/kernels";
import { LoopbackKernel } from "../../support/loopbackKernel";

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0);
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

const disposables = disposedAfterEach();
let folder: string;
let kernel: LoopbackKernel;

beforeEach(() => {
  kernel = installKernel(new LoopbackKernel(), nodeWidgetRuntime);
  folder = disposables.folder();
});

afterEach(removeKernel);

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("a picture, a film or a sound", () => {
  it("comes from a file, in the format that its name says", () => {
    const image = Image.from_file(file("cat.JPG", JPEG), { width: "100" });
    expectTypeOf(image).toEqualTypeOf<Image>();
    expect(image).toBeInstanceOf(Image);
    expect([image.format, image.width]).toEqual(["jpeg", "100"]);
    openWidget(image);
    const model = kernel.frontend.models.get(image.model_id);
    expect(model).toMatchObject({ format: "jpeg" });
    expect([...(model?.["value"] as Uint8Array)]).toEqual([...JPEG]);
    expect(Image.from_file(file("a.svg", latin1("<svg/>"))).format).toBe("svg+xml");
    expect(Video.from_file(file("a.webm", PNG)).format).toBe("webm");
    expect(Audio.from_file(file("a.mp3", PNG), { autoplay: false })).toMatchObject({
      format: "mpeg",
      autoplay: false,
    });
    expect(Image.from_file(file("b.jpg", JPEG), { format: "gif" }).format).toBe("gif");
  });

  it("comes from a file in the format of its bytes, if the name says none", () => {
    expect(Image.from_file(file("picture", JPEG)).format).toBe("jpeg");
    expect(Image.from_file(file("picture.mp4", JPEG)).format).toBe("jpeg");
    expect(Image.from_file(file("unknown.bin", Uint8Array.of(1, 2, 3))).format).toBe("png");
  });

  it("is of the class that the method is called on", () => {
    class Portrait extends Image {
      readonly name = "me";
    }
    const portrait = Portrait.from_file(file("me.png", PNG));
    expectTypeOf(portrait).toEqualTypeOf<Portrait>();
    expect(portrait).toMatchObject({ name: "me", format: "png" });
  });

  it.each([
    ["image", "png", PNG],
    ["image", "jpeg", JPEG],
    ["image", "gif", latin1("GIF89a...")],
    ["image", "webp", latin1("RIFF1234WEBPVP8 ")],
    ["image", "avif", latin1("\0\0\0 ftypavif")],
    ["image", "bmp", latin1("BM1234\0\0\0\0")],
    ["image", "svg+xml", latin1('<?xml version="1.0"?>\n<!-- mine -->\n<svg width="9">')],
    ["video", "mp4", latin1("\0\0\0 ftypisom")],
    ["video", "quicktime", latin1("\0\0\0 ftypqt  ")],
    ["video", "webm", latin1("\x1a\x45\xdf\xa3")],
    ["video", "ogg", latin1("OggS")],
    ["audio", "mpeg", latin1("ID3\x04")],
    ["audio", "mpeg", latin1("\xff\xfb\x90")],
    ["audio", "aac", latin1("\xff\xf1\x50")],
    ["audio", "wav", latin1("RIFF1234WAVEfmt ")],
    ["audio", "flac", latin1("fLaC")],
    ["audio", "mp4", latin1("\0\0\0 ftypM4A ")],
  ] as const)("knows %s/%s by its bytes", (kind, format, value) => {
    const Media = { image: Image, video: Video, audio: Audio }[kind];
    expect(new Media({ value }).format).toBe(format);
    expect(new Media({ value, format: "other" }).format).toBe("other");
  });

  it("takes a Buffer or an ArrayBuffer too", () => {
    const image = new Image({ value: Buffer.from(JPEG) });
    image.value = Uint8Array.from(PNG).buffer as never;
    expect([...image.value]).toEqual([...PNG]);
    expect(new Image({ value: Uint8Array.from(JPEG).buffer as never }).format).toBe("jpeg");
    expect(() => new Image({ value: "cat.png" as never })).toThrow(
      'value: expected a Uint8Array, got "cat.png"',
    );
  });

  it("reads another file, and sends it as one change", () => {
    const image = new Image({ value: PNG });
    openWidget(image);
    image.set_value_from_file(file("b.jpg", JPEG));
    expect(kernel.messages(image.model_id, "update")).toMatchObject([
      { state: { format: "jpeg" }, buffer_paths: [["value"]] },
    ]);
    image.set_value_from_file(file("unknown", Uint8Array.of(1)));
    expect(image.format).toBe("jpeg");
  });

  it("may be loaded by the browser", () => {
    const video = Video.from_url("https://example.com/ä.mp4", { loop: false });
    expectTypeOf(video).toEqualTypeOf<Video>();
    expect([video.format, video.loop]).toEqual(["url", false]);
    expect(Buffer.from(video.value).toString()).toBe("https://example.com/ä.mp4");
  });

  it("says which file it can't read, and why", () => {
    const path = join(folder, "none.png");
    expect(() => Image.from_file(path)).toThrow(
      `Cannot read ${JSON.stringify(path)}: there is no such file; the folder is ${process.cwd()}`,
    );
    expect(() => Image.from_file(folder)).toThrow(/^Cannot read .*EISDIR/);
    expect(() => Image.from_file(5 as never)).toThrow("path: expected a non-empty string, got 5");
    installKernel(new LoopbackKernel(), portableRuntime);
    expect(() => Image.from_file(path)).toThrow(
      "there are no files here; fetch it, and set its bytes",
    );
  });
});
