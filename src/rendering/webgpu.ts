/** The parts of WebGPU that reading a texture needs, in a page and in the npm package `webgpu`. */

/** What is needed of a GPUTexture. */
export interface TextureLike {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Such as "rgba8unorm". */
  readonly format: string;
  /** Flags of GPUTextureUsage; must contain COPY_SRC. */
  readonly usage: number;
  /** Must be "2d". */
  readonly dimension: string;
  /** Must be 1. */
  readonly sampleCount: number;
}

/** What is needed of a GPUBuffer. */
export interface BufferLike {
  /** Waits for the GPU, and lets the processor read. */
  mapAsync(mode: number): Promise<unknown>;
  /** The memory, once it is mapped. */
  getMappedRange(): ArrayBuffer;
  /** Gives the memory back to the GPU. */
  unmap(): void;
  /** Frees the memory. */
  destroy(): void;
}

/** What is needed of a GPUCommandEncoder. It fits only if the same fields are optional. */
export interface CommandEncoderLike {
  /** Copies a texture, row after row. */
  copyTextureToBuffer(
    source: { readonly texture: TextureLike },
    destination: { readonly buffer: BufferLike; readonly bytesPerRow?: number | undefined },
    size: { readonly width: number; readonly height?: number | undefined },
  ): void;
  /** The commands, for {@link DeviceLike.queue}. */
  finish(): unknown;
}

/** What is needed of a GPUDevice: a page's, or that of the npm package `webgpu`. */
export interface DeviceLike {
  /** Takes commands. */
  readonly queue: { submit(commands: Iterable<unknown>): void };
  /** Allocates memory of the GPU. */
  createBuffer(descriptor: { readonly size: number; readonly usage: number }): BufferLike;
  /** Begins a list of commands. */
  createCommandEncoder(): CommandEncoderLike;
}
