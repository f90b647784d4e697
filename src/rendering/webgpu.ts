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
  readonly dimension: string;
  readonly sampleCount: number;
}

/** What is needed of a GPUBuffer. */
export interface BufferLike {
  mapAsync(mode: number): Promise<unknown>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

/** What is needed of a GPUCommandEncoder. It fits only if the same fields are optional. */
export interface CommandEncoderLike {
  copyTextureToBuffer(
    source: { readonly texture: TextureLike },
    destination: { readonly buffer: BufferLike; readonly bytesPerRow?: number | undefined },
    size: { readonly width: number; readonly height?: number | undefined },
  ): void;
  finish(): unknown;
}

/** What is needed of a GPUDevice: a page's, or that of the npm package `webgpu`. */
export interface DeviceLike {
  readonly queue: { submit(commands: Iterable<unknown>): void };
  createBuffer(descriptor: { readonly size: number; readonly usage: number }): BufferLike;
  createCommandEncoder(): CommandEncoderLike;
}
