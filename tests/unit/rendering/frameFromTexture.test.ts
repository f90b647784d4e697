import { beforeEach, describe, expect, it } from "vitest";
import { viewFrame } from "../../../src/framebuffer";
import { frameFromTexture, type DeviceLike, type TextureLike } from "../../../src/rendering";
import { FakeDevice, FakeTexture } from "../../support/fakeGpu";

let device: FakeDevice;

beforeEach(() => {
  device = new FakeDevice();
});

/** The value of all bytes of a texture as a frame shows it. */
async function shownValue(texture: FakeTexture): Promise<number | undefined> {
  return viewFrame(await frameFromTexture(device, texture)).data[0];
}

describe("the frame of a texture", () => {
  it.each([
    ["rgba8unorm", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["rgba8unorm-srgb", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["bgra8unorm", [3, 2, 1, 4, 7, 6, 5, 8]],
    ["bgra8unorm-srgb", [3, 2, 1, 4, 7, 6, 5, 8]],
  ])("shows %s with rows that WebGPU pads", async (format, pixels) => {
    const texture = new FakeTexture(1, 2, format);
    texture.pixels.set([1, 2, 3, 4, 5, 6, 7, 8]);
    const frame = await frameFromTexture(device, texture);
    expect(frame).toMatchObject({ shape: [2, 1, 4], strides: [256, 4, 1] });
    const { data, width, height, channels } = viewFrame(frame);
    expect([width, height, channels, ...data]).toEqual([1, 2, 4, ...pixels]);
  });

  it.each([
    [64, 256],
    [65, 512],
    [100, 512],
    [128, 512],
  ])("has rows of a multiple of 256 bytes, for a width of %i", async (width, row) => {
    const frame = await frameFromTexture(device, new FakeTexture(width, 3));
    expect(frame.strides).toEqual([row, 4, 1]);
    expect(device.buffers[0]?.size).toBe(3 * row);
  });

  it("is that of the moment of the call, though it comes later", async () => {
    const texture = new FakeTexture(2, 2);
    texture.pixels.fill(7);
    const frame = shownValue(texture);
    texture.pixels.fill(8);
    expect(await frame).toBe(7);
  });
});

describe("the buffers of a texture", () => {
  it("are two, in rotation, and the data stay until the second next call", async () => {
    const texture = new FakeTexture(2, 2);
    const frames = [];
    for (let value = 1; value <= 5; value += 1) {
      texture.pixels.fill(value);
      frames.push(await frameFromTexture(device, texture));
      const lengths = frames.map(({ data }) => data.length);
      expect(lengths.slice(-2).every((length) => length > 0)).toBe(true);
      expect(lengths.slice(0, -2).every((length) => length === 0)).toBe(true);
      expect(frames.slice(-2).map(({ data }) => data[0])).toEqual(
        value === 1 ? [1] : [value - 1, value],
      );
    }
    expect(device.buffers).toHaveLength(2);
  });

  it("are never mapped twice by calls that overlap: those take turns", async () => {
    const texture = new FakeTexture(2, 2);
    const ends: (() => void)[] = [];
    device.whenDone = () => new Promise((resolve) => ends.push(resolve));
    const seen: (number | undefined)[] = [];
    const calls = Array.from({ length: 4 }, () =>
      frameFromTexture(device, texture).then(async (frame) => {
        // As long as a session takes to copy it.
        await Promise.resolve();
        seen.push(frame.data[0]);
      }),
    );
    for (let call = 0; call < calls.length; call += 1) {
      await expect.poll(() => ends.length).toBe(call + 1);
      texture.pixels.fill(call + 1);
      ends[call]?.();
      await calls[call];
    }
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(device.buffers).toHaveLength(2);
  });

  it("are replaced when one fails, and the next call works", async () => {
    const texture = new FakeTexture(2, 2);
    device.whenDone = () => Promise.reject(new Error("the device is lost"));
    const failing = frameFromTexture(device, texture);
    const next = frameFromTexture(device, texture);
    await expect(failing).rejects.toThrow("the device is lost");
    await expect(next).rejects.toThrow("the device is lost");
    expect(device.buffers.map(({ state }) => state)).toEqual(["destroyed", "destroyed"]);
    device.whenDone = () => Promise.resolve();
    texture.pixels.fill(3);
    expect(await shownValue(texture)).toBe(3);
  });

  it("aren't shared with another texture", async () => {
    const [one, other] = [new FakeTexture(2, 2), new FakeTexture(2, 2)];
    one.pixels.fill(1);
    other.pixels.fill(2);
    const frame = await frameFromTexture(device, one);
    for (let call = 0; call < 4; call += 1) expect(await shownValue(other)).toBe(2);
    expect(frame.data[0]).toBe(1);
  });

  it("are destroyed when eight other textures were read since, as while a view is resized", async () => {
    const textures = Array.from({ length: 9 }, (_, index) => new FakeTexture(index + 1, 2));
    for (const texture of textures.slice(0, 8)) await frameFromTexture(device, texture);
    expect(device.buffers.map(({ state }) => state)).toEqual(Array(8).fill("mapped"));
    await frameFromTexture(device, textures[0] ?? new FakeTexture(1, 1));
    await frameFromTexture(device, textures[8] ?? new FakeTexture(1, 1));
    const states = device.buffers.map(({ size, state }) => [size, state]);
    // The second texture's, as the first was read again.
    expect(states.filter(([, state]) => state === "destroyed")).toEqual([[512, "destroyed"]]);
    expect(device.buffers[1]?.state).toBe("destroyed");
    expect(await shownValue(textures[1] ?? new FakeTexture(1, 1))).toBe(0);
  });

  it("aren't destroyed while they are read", async () => {
    const ends: (() => void)[] = [];
    device.whenDone = () => new Promise((resolve) => ends.push(resolve));
    const textures = Array.from({ length: 12 }, () => new FakeTexture(2, 2));
    const frames = textures.map((texture) => frameFromTexture(device, texture));
    for (const end of ends) end();
    await expect(Promise.all(frames)).resolves.toHaveLength(12);
  });
});

describe("in place of a texture that can be read", () => {
  const texture = new FakeTexture(2, 2);
  const other = (fields: Partial<TextureLike>): TextureLike => ({ ...texture, ...fields });

  it.each<[string, unknown, ErrorConstructor, string]>([
    ["nothing", undefined, TypeError, "texture: expected a GPUTexture, got undefined"],
    [
      "a canvas's context",
      { getCurrentTexture: () => texture },
      TypeError,
      "write context.getCurrentTexture()",
    ],
    [
      "floats",
      other({ format: "rgba16float" }),
      RangeError,
      'texture.format: expected one of rgba8unorm, rgba8unorm-srgb, bgra8unorm, bgra8unorm-srgb, got "rgba16float"; render into a texture of such a format',
    ],
    [
      "several samples",
      other({ sampleCount: 4 }),
      RangeError,
      "texture.sampleCount: expected 1, got 4; pass the resolveTarget's texture",
    ],
    ["a volume", other({ dimension: "3d" }), RangeError, 'texture.dimension: expected "2d"'],
    [
      "no COPY_SRC",
      other({ usage: 0x10 }),
      RangeError,
      "create the texture with usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC",
    ],
  ])("says what to do: %s", async (_what, wrong, kind, text) => {
    const frame = frameFromTexture(device, wrong as TextureLike);
    await expect(frame).rejects.toThrow(kind);
    await expect(frameFromTexture(device, wrong as TextureLike)).rejects.toThrow(text);
    await expect(frame).rejects.toBeInstanceOf(kind);
  });

  it("says where the device goes", async () => {
    await expect(
      frameFromTexture(texture as unknown as DeviceLike, device as unknown as TextureLike),
    ).rejects.toThrow(
      "device: expected a GPUDevice, got a FakeTexture; write frameFromTexture(device",
    );
  });
});
