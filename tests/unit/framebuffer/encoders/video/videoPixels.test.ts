/** What is made of FFmpeg's memory is freed: node-av, played by the test. */
import { describe, expect, it } from "vitest";
import type { NodeAv } from "../../../../../src/framebuffer/encoders/video/videoModule";
import { PixelConverter } from "../../../../../src/framebuffer/encoders/video/videoPixels";
import { VaapiUpload } from "../../../../../src/framebuffer/encoders/video/videoUpload";
import type { RawFrame } from "../../../../../src/framebuffer/source/frame";

/** A node-av that counts what is allocated, and fails at one step. */
function fakeNodeAv(failing?: string) {
  const calls: string[] = [];
  let held = 0;
  const step = (name: string): number => {
    calls.push(name);
    const times = calls.filter((call) => call === name).length;
    if (failing === `${name} ${times}`) throw new Error(`${failing} failed`);
    return 0;
  };
  class Memory {
    #isHeld = false;
    protected hold(): void {
      if (!this.#isHeld) held += 1;
      this.#isHeld = true;
    }
    protected release(): void {
      if (this.#isHeld) held -= 1;
      this.#isHeld = false;
    }
  }
  class Frame extends Memory {
    linesize = [64];
    data = failing === "no memory" ? [] : [Buffer.alloc(64)];
    alloc(): void {
      this.hold();
      step("Frame.alloc");
    }
    unref(): void {
      step("Frame.unref");
    }
    getBuffer(): number {
      return step("Frame.getBuffer");
    }
    hwframeTransferData(): Promise<number> {
      return Promise.resolve(step("Frame.hwframeTransferData"));
    }
    copyProps(): number {
      return step("Frame.copyProps");
    }
    free(): void {
      this.release();
    }
  }
  class SoftwareScaleContext extends Memory {
    getContext(): void {
      this.hold();
      step("Scaler.getContext");
    }
    allocContext(): void {
      this.hold();
      step("Scaler.allocContext");
    }
    getNative(): object {
      return {};
    }
    freeContext(): void {
      this.release();
    }
  }
  class HardwareContext extends Memory {
    create(): number {
      this.hold();
      return step("Device.create");
    }
    alloc(): void {
      this.hold();
      step("Frames.alloc");
    }
    init(): number {
      return step("Frames.init");
    }
    getBuffer(): number {
      return step("Frames.getBuffer");
    }
    free(): void {
      this.release();
    }
  }
  const lib = {
    Frame,
    SoftwareScaleContext,
    HardwareDeviceContext: HardwareContext,
    HardwareFramesContext: HardwareContext,
    FFmpegError: { throwIfError: () => undefined },
    Option: { set: () => step("Option.set"), setInt: () => step("Option.setInt") },
  };
  return { av: { lib, constants: {} } as unknown as NodeAv, calls, held: () => held };
}

const frame: RawFrame = { data: new Uint8Array(48), width: 4, height: 4, channels: 3 };

describe("a converter of pixels", () => {
  const make = (av: NodeAv): PixelConverter => new PixelConverter(av, frame, frame, "yuv420p", 1);

  it("frees all that it has when it is disposed of", () => {
    const { av, held } = fakeNodeAv();
    const converter = make(av);
    expect(held()).toBe(4);
    converter.dispose();
    expect(held()).toBe(0);
  });

  it.each([
    ...["Frame.alloc 1", "Frame.getBuffer 1", "Frame.alloc 2", "Frame.getBuffer 2", "no memory"],
    ...["Scaler.getContext 1", "Scaler.allocContext 1", "Option.set 1", "Option.setInt 1"],
  ])("frees what it made when this fails: %s", (failing) => {
    const { av, held } = fakeNodeAv(failing);
    expect(() => make(av)).toThrow(/failed|no memory/);
    expect(held()).toBe(0);
  });
});

describe("an upload to a VA-API device", () => {
  const context = { width: 4, height: 4 } as ConstructorParameters<typeof VaapiUpload>[1];

  it("has one frame for all pictures, and gives each picture back before the next", async () => {
    const { av, calls, held } = fakeNodeAv();
    const upload = new VaapiUpload(av, context);
    const picture = new av.lib.Frame();
    expect(await upload.upload(picture)).toBe(await upload.upload(picture));
    expect(calls.filter((call) => call === "Frame.alloc")).toHaveLength(1);
    expect(calls.filter((call) => /unref|Frames\.getBuffer/.test(call))).toEqual([
      ...["Frame.unref", "Frames.getBuffer", "Frame.unref", "Frames.getBuffer"],
    ]);
    upload.dispose();
    expect(held()).toBe(0);
  });

  it.each(["Device.create 1", "Frames.alloc 1", "Frames.init 1"])(
    "frees what it made when this fails: %s",
    (failing) => {
      const { av, held } = fakeNodeAv(failing);
      expect(() => new VaapiUpload(av, context)).toThrow("failed");
      expect(held()).toBe(0);
    },
  );
});
