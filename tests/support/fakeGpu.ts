/** A GPUDevice that keeps WebGPU's rules for buffers: an operation that breaks one throws. */
import type {
  BufferLike,
  CommandEncoderLike,
  DeviceLike,
  TextureLike,
} from "../../src/rendering/webgpu";

/** A texture whose pixels are bytes. */
export class FakeTexture implements TextureLike {
  readonly dimension: string = "2d";
  readonly sampleCount: number = 1;
  readonly usage: number = 0x11;
  readonly pixels: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    readonly format: string = "rgba8unorm",
  ) {
    this.pixels = new Uint8Array(width * height * 4);
  }
}

/** A buffer that can be mapped once, when the commands before have run. */
export class FakeBuffer implements BufferLike {
  readonly #memory: Uint8Array;
  #mapped: Uint8Array | undefined;
  #state: "unmapped" | "pending" | "mapped" | "destroyed" = "unmapped";

  constructor(
    readonly size: number,
    readonly whenDone: () => Promise<void>,
  ) {
    this.#memory = new Uint8Array(size);
  }

  get state(): string {
    return this.#state;
  }

  write(at: number, bytes: Uint8Array): void {
    if (this.#state !== "unmapped") throw new Error(`written while it is ${this.#state}`);
    this.#memory.set(bytes, at);
  }

  async mapAsync(mode: number): Promise<void> {
    if (mode !== 1) throw new Error("not mapped for reading");
    if (this.#state !== "unmapped") throw new Error(`mapped while it is ${this.#state}`);
    this.#state = "pending";
    try {
      await this.whenDone();
    } catch (error) {
      this.#state = "unmapped";
      throw error;
    }
    this.#state = "mapped";
  }

  getMappedRange(): ArrayBuffer {
    if (this.#state !== "mapped" || this.#mapped) throw new Error("no range can be had");
    this.#mapped = this.#memory.slice();
    return this.#mapped.buffer as ArrayBuffer;
  }

  unmap(): void {
    if (this.#state !== "mapped") throw new Error(`unmapped while it is ${this.#state}`);
    this.#state = "unmapped";
    this.#detach();
  }

  destroy(): void {
    this.#state = "destroyed";
    this.#detach();
  }

  /** The page loses the memory of a buffer that isn't mapped any more. */
  #detach(): void {
    if (this.#mapped !== undefined) structuredClone(null, { transfer: [this.#mapped.buffer] });
    this.#mapped = undefined;
  }
}

/** The device: copies run when they are submitted, and end when the test lets them. */
export class FakeDevice implements DeviceLike {
  readonly buffers: FakeBuffer[] = [];
  /** How commands end. */
  whenDone: () => Promise<void> = () => Promise.resolve();

  readonly queue = {
    submit: (commands: Iterable<unknown>): void => {
      for (const command of commands) (command as () => void)();
    },
  };

  createBuffer({ size, usage }: { readonly size: number; readonly usage: number }): FakeBuffer {
    if (usage !== (0x01 | 0x08)) throw new Error("a buffer to read needs MAP_READ and COPY_DST");
    const buffer = new FakeBuffer(size, () => this.whenDone());
    this.buffers.push(buffer);
    return buffer;
  }

  createCommandEncoder(): CommandEncoderLike {
    const commands: (() => void)[] = [];
    return {
      copyTextureToBuffer: ({ texture }, { buffer, bytesPerRow = 0 }, { width, height = 1 }) => {
        if (bytesPerRow % 256 !== 0) throw new Error("bytesPerRow is no multiple of 256");
        if (bytesPerRow < width * 4) throw new Error("bytesPerRow is shorter than a row");
        const { pixels } = texture as FakeTexture;
        commands.push(() => {
          for (let row = 0; row < height; row += 1) {
            const from = row * width * 4;
            const line = pixels.subarray(from, from + width * 4);
            (buffer as FakeBuffer).write(row * bytesPerRow, line);
          }
        });
      },
      finish: () => () => {
        for (const command of commands) command();
      },
    };
  }
}
