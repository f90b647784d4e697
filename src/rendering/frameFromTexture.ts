/** Frames of WebGPU textures. */
import type { ArrayFrame } from "../framebuffer";
import { isObject, mismatch } from "../protocol/checks";
import { Readback } from "./readback";
import type { DeviceLike, TextureLike } from "./webgpu";

/** The order of the channels in the formats that can be shown. Those with -srgb hold sRGB too. */
const FORMATS: Readonly<Record<string, "rgba" | "bgra">> = {
  rgba8unorm: "rgba",
  "rgba8unorm-srgb": "rgba",
  bgra8unorm: "bgra",
  "bgra8unorm-srgb": "bgra",
};

/** GPUTextureUsage.COPY_SRC. Node has no such global. */
const COPY_SRC = 0x01;

/** Textures of a device whose buffers are kept. More are read as well, but into new buffers. */
const MAX_READBACKS = 8;

const readbacks = new WeakMap<TextureLike, Readback>();

/** Those of each device, the most recently used last. They hold no texture. */
const recent = new WeakMap<DeviceLike, Readback[]>();

/**
 * The frame of a WebGPU texture, as it is when all commands submitted so far have run. If an
 * earlier call for the texture hasn't finished, this one begins when it has.
 *
 * Each texture has two buffers in rotation. The frame's data are the memory of one, without a copy:
 * they stay valid until the second next call for this texture. Return the frame from get_frame(),
 * or pass it to send_frame() or publish(), and it is copied in time; not with `own_frames: false`.
 * The buffers of the eight textures of a device that were read most recently are kept; older ones
 * are destroyed, so there is nothing to dispose of.
 *
 * @param device - the texture's device
 * @param texture - 2D, not multisampled, with the usage COPY_SRC, in the format rgba8unorm,
 * bgra8unorm, rgba8unorm-srgb or bgra8unorm-srgb. Its first mip level is read.
 * @throws TypeError when one of them isn't what it should be
 * @throws RangeError when the texture cannot be read
 *
 * @example
 * ```ts
 * const texture = device.createTexture({
 *   size: [640, 480],
 *   format: "rgba8unorm",
 *   usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
 * });
 *
 * class Scene extends RemoteFrameBuffer {
 *   async get_frame() {
 *     render(texture);
 *     return frameFromTexture(device, texture);
 *   }
 * }
 * ```
 */
export async function frameFromTexture(
  device: DeviceLike,
  texture: TextureLike,
): Promise<ArrayFrame> {
  checkDevice(device);
  const format = checkTexture(texture);
  const { width, height } = texture;
  const { data, bytesPerRow } = await readbackOf(device, texture).read(texture);
  return { data, shape: [height, width, 4], strides: [bytesPerRow, 4, 1], format };
}

function readbackOf(device: DeviceLike, texture: TextureLike): Readback {
  const readback = readbacks.get(texture) ?? new Readback(device);
  readbacks.set(texture, readback);
  const used = (recent.get(device) ?? []).filter((other) => other !== readback);
  used.push(readback);
  // Only buffers that were read are destroyed: calls under way end as they should.
  for (const old of used.splice(0, used.length - MAX_READBACKS)) old.dispose();
  recent.set(device, used);
  return readback;
}

function checkDevice(device: unknown): void {
  if (isObject(device) && typeof device.createCommandEncoder === "function") return;
  throw new TypeError(
    `${mismatch("device", { expected: "a GPUDevice" }, device)}; write frameFromTexture(device, texture)`,
  );
}

/** @returns the order of the channels */
function checkTexture(texture: unknown): "rgba" | "bgra" {
  if (!isObject(texture) || typeof texture.format !== "string") {
    const getTexture = isObject(texture) && typeof texture.getCurrentTexture === "function";
    const remedy = getTexture ? "; write context.getCurrentTexture()" : "";
    throw new TypeError(`${mismatch("texture", { expected: "a GPUTexture" }, texture)}${remedy}`);
  }
  const { dimension, format, sampleCount, usage } = texture;
  const order = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (order === undefined) {
    const names = Object.keys(FORMATS).join(", ");
    throw new RangeError(
      `texture.format: expected one of ${names}, got ${JSON.stringify(format)}; render into a texture of such a format`,
    );
  }
  if (typeof sampleCount === "number" && sampleCount > 1) {
    throw new RangeError(
      `texture.sampleCount: expected 1, got ${sampleCount}; pass the resolveTarget's texture`,
    );
  }
  if (dimension !== undefined && dimension !== "2d") {
    throw new RangeError(mismatch("texture.dimension", { expected: '"2d"' }, dimension));
  }
  if (typeof usage !== "number" || (usage & COPY_SRC) === 0) {
    throw new RangeError(
      "texture.usage: expected COPY_SRC among the usages; create the texture with usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC, and configure a canvas's context with the same",
    );
  }
  return order;
}
