import type { BufferLike, DeviceLike, TextureLike } from "./webgpu";

/** WebGPU copies textures into rows of a multiple of so many bytes. */
const ROW_ALIGNMENT = 256;

const BYTES_PER_PIXEL = 4;

// GPUBufferUsage and GPUMapMode: Node has no such globals.
const MAP_READ = 0x01;
const COPY_DST = 0x08;
const READ = 0x01;

/** Pixels in the memory of a buffer. */
export interface ReadPixels {
  /** Valid until the second next read. */
  readonly data: Uint8Array;
  readonly bytesPerRow: number;
}

/** The two buffers into which a texture is read in turn. It keeps no texture. */
export class Readback {
  readonly #device: DeviceLike;
  /** Those that were read, the oldest first: mapped, until they are used again. */
  #mapped: BufferLike[] = [];
  #turn: Promise<void> | undefined;

  constructor(device: DeviceLike) {
    this.#device = device;
  }

  /**
   * Reads the texture when earlier reads have finished: a buffer can't be mapped twice, and who
   * awaits an earlier one still needs its memory. Always called with the same texture.
   */
  read(texture: TextureLike): Promise<ReadPixels> {
    const reading =
      this.#turn === undefined
        ? this.#readNow(texture)
        : this.#turn.then(() => this.#readNow(texture));
    const end = (): void => {
      if (this.#turn === turn) this.#turn = undefined;
    };
    const turn = reading.then(end, end);
    this.#turn = turn;
    return reading;
  }

  /** Destroys the buffers that were read. Another read makes new ones. */
  dispose(): void {
    for (const buffer of this.#mapped) buffer.destroy();
    this.#mapped = [];
  }

  async #readNow(texture: TextureLike): Promise<ReadPixels> {
    const { width, height } = texture;
    const bytesPerRow = Math.ceil((width * BYTES_PER_PIXEL) / ROW_ALIGNMENT) * ROW_ALIGNMENT;
    const buffer = this.#nextBuffer(bytesPerRow * height);
    try {
      const encoder = this.#device.createCommandEncoder();
      encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow }, { width, height });
      this.#device.queue.submit([encoder.finish()]);
      await buffer.mapAsync(READ);
      const data = new Uint8Array(buffer.getMappedRange());
      this.#mapped.push(buffer);
      return { data, bytesPerRow };
    } catch (error) {
      buffer.destroy();
      throw error;
    }
  }

  #nextBuffer(size: number): BufferLike {
    const oldest = this.#mapped.length < 2 ? undefined : this.#mapped.shift();
    oldest?.unmap();
    return oldest ?? this.#device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  }
}
