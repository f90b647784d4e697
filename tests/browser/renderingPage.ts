/** A page that reads canvases and WebGPU textures as frames. */
import {
  frameFromCanvas,
  frameFromTexture,
  type CommandEncoderLike,
  type DeviceLike,
  type TextureLike,
} from "../../src/rendering";

// The parts of WebGPU that draw: TypeScript's own types have them from 6.0 on.
interface Encoder extends CommandEncoderLike {
  beginRenderPass(descriptor: object): { end(): void };
}

interface Device extends DeviceLike {
  createTexture(descriptor: object): TextureLike & { createView(): object };
  createCommandEncoder(): Encoder;
  addEventListener(type: string, listener: (event: { error: Error }) => void): void;
}

interface Gpu {
  requestAdapter(): Promise<{ requestDevice(): Promise<Device> } | null>;
}

/** GPUTextureUsage: RENDER_ATTACHMENT and COPY_SRC. */
const USAGE = 0x11;

/** What a texture of one colour was read as. */
export interface ReadTexture {
  readonly format: string | undefined;
  readonly strides: readonly number[] | undefined;
  /** The first pixel of the second row, at each reading. */
  readonly pixels: readonly (readonly number[])[];
  /** The lengths of the data of calls that overlapped, when all had ended. */
  readonly lengths: readonly number[];
  /** What WebGPU complained about. */
  readonly errors: readonly string[];
}

/** Clears a texture to one colour after the other, and reads each. */
async function readTexture(format: string, greens: readonly number[]): Promise<ReadTexture> {
  const { gpu } = navigator as unknown as { gpu: Gpu };
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error("WebGPU has no adapter");
  const device = await adapter.requestDevice();
  const errors: string[] = [];
  device.addEventListener("uncapturederror", ({ error }) => errors.push(error.message));
  const texture = device.createTexture({ size: [70, 3], format, usage: USAGE });
  const pixels: number[][] = [];
  for (const green of greens) {
    const encoder = device.createCommandEncoder();
    const attachment = { view: texture.createView(), loadOp: "clear", storeOp: "store" };
    const clearValue = [1, green, 0, 1];
    encoder.beginRenderPass({ colorAttachments: [{ ...attachment, clearValue }] }).end();
    device.queue.submit([encoder.finish()]);
    const { data, strides = [] } = await frameFromTexture(device, texture);
    const [row = 0] = strides;
    pixels.push([...data.subarray(row, row + 4)]);
  }
  const frames = await Promise.all([1, 2, 3].map(() => frameFromTexture(device, texture)));
  const lengths = frames.map(({ data }) => data.length);
  const [frame] = frames;
  return { format: frame?.format, strides: frame?.strides, pixels, lengths, errors };
}

/** The pixels of a canvas of 2 x 1, whose left one is half transparent red. */
function readCanvas(isOffscreen: boolean): number[] {
  const canvas = isOffscreen
    ? new OffscreenCanvas(2, 1)
    : Object.assign(document.createElement("canvas"), { width: 2, height: 1 });
  const context = canvas.getContext("2d") as CanvasRenderingContext2D | null;
  if (context === null) throw new Error("No 2D context");
  context.fillStyle = "rgb(255 0 0 / 0.2)";
  context.fillRect(0, 0, 1, 1);
  return [...frameFromCanvas(canvas).data];
}

/** The error about a canvas with another context. */
function errorOfOtherContext(): string {
  const canvas = document.createElement("canvas");
  canvas.getContext("bitmaprenderer");
  try {
    frameFromCanvas(canvas);
  } catch (error) {
    return String(error);
  }
  return "";
}

const rendering = { readTexture, readCanvas, errorOfOtherContext };

declare global {
  interface Window {
    rendering: typeof rendering;
  }
}

window.rendering = rendering;
