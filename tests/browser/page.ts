/** Runs in the page of the browser tests: a display with a transport that the test controls. */
import { browserAbilities } from "../../src/picture/index";
import type { ViewMessage } from "../../src/protocol/messages";
import { FrameBufferView, FrameDisplay, type ViewProperties } from "../../src/view/index";

/** The page's side of the tests, as `window.harness`. */
export class Harness {
  /** The messages that the display sent. */
  readonly sent: ViewMessage[] = [];
  readonly views: FrameBufferView[] = [];
  readonly #display: FrameDisplay;
  #receive: ((message: unknown, buffers: readonly Uint8Array[]) => void) | undefined;
  closeRequests = 0;
  readonly #videoFrames = new Set<VideoFrame>();
  readonly #videoDecoders = new Set<VideoDecoder>();

  constructor() {
    this.#display = new FrameDisplay({
      isReliable: false,
      send: (message) => void this.sent.push(message),
      onMessage: (receiver) => {
        this.#receive = receiver;
        return { dispose: () => (this.#receive = undefined) };
      },
    });
  }

  addView(properties: Partial<ViewProperties> = {}, parent = "main"): number {
    const view = this.#display.addView(
      (listener) => new FrameBufferView(listener, properties),
      () => void (this.closeRequests += 1),
    );
    document.getElementById(parent)?.append(view.element);
    return this.views.push(view) - 1;
  }

  removeView(index: number): void {
    const view = this.views[index];
    if (view !== undefined) this.#display.removeView(view);
  }

  update(properties: Partial<ViewProperties>): void {
    this.views[0]?.update(properties);
  }

  hello(): void {
    this.#display.hello();
  }

  /** Delivers a frame whose bytes lie in the middle of a larger buffer, as those of a comm do. */
  deliver(message: object, ...files: string[]): void {
    const buffers = files.map((base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const whole = new Uint8Array(bytes.length + 20).fill(255);
      whole.set(bytes, 10);
      return whole.subarray(10, 10 + bytes.length);
    });
    this.#receive?.(message, buffers);
  }

  /** The pixels of a view's canvas, RGBA. */
  pixels(index = 0): { width: number; height: number; data: number[] } {
    const canvas = this.views[index]?.element.querySelector("canvas");
    const context = canvas?.getContext("2d");
    if (!canvas || !context) throw new Error("Cannot read pixels: no canvas");
    const { width, height } = canvas;
    return { width, height, data: [...context.getImageData(0, 0, width, height).data] };
  }

  /** Like {@link pixels}, with the data in base64, which is faster for large pictures. */
  pixelFile(index = 0): { width: number; height: number; base64: string } {
    const { width, height, data } = this.pixels(index);
    let text = "";
    for (let at = 0; at < data.length; at += 8192) {
      text += String.fromCharCode(...data.slice(at, at + 8192));
    }
    return { width, height, base64: btoa(text) };
  }

  /** The abilities that the view announces. */
  async abilities(): Promise<string[]> {
    return [...(await browserAbilities.known)];
  }

  /** Counts the decoders and decoded pictures from now on. */
  watchVideo(): void {
    const frames = this.#videoFrames;
    const decoders = this.#videoDecoders;
    window.VideoDecoder = class extends VideoDecoder {
      constructor({ output, error }: VideoDecoderInit) {
        super({
          output: (frame) => {
            frames.add(frame);
            output(frame);
          },
          error,
        });
        decoders.add(this);
      }
    };
    const prototype: object = VideoFrame.prototype;
    const close = Reflect.get(prototype, "close") as (this: VideoFrame) => void;
    VideoFrame.prototype.close = function () {
      frames.delete(this);
      close.call(this);
    };
  }

  /** How many decoders and decoded pictures are open. */
  openVideo(): { frames: number; decoders: number } {
    const isOpen = ({ state }: VideoDecoder): boolean => state !== "closed";
    return {
      frames: this.#videoFrames.size,
      decoders: [...this.#videoDecoders].filter(isOpen).length,
    };
  }

  dispose(): void {
    this.#display.dispose();
  }
}

declare global {
  interface Window {
    harness: Harness;
  }
}

window.harness = new Harness();
