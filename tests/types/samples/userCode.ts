/** What users write, compiled against the built declarations by tslab's TypeScript and by the current one. Never run. */
import {
  HBox,
  IntSlider,
  RemoteFrameBuffer,
  type Frame,
  type RfbEvent,
  type FrameStats,
} from "jupyter-rfb-ts";
import ndarray from "ndarray";

class Square extends RemoteFrameBuffer {
  // Names that the library could have taken for itself.
  state = { clicks: 0 };
  session = "mine";
  frame: number[] = [];
  #color: [number, number, number] = [1, 2, 3];

  override get_frame() {
    const data = new Uint8Array(4 * 6 * 3);
    data.set(this.#color);
    return { data, shape: [4, 6, 3] };
  }

  override handle_event(event: RfbEvent) {
    switch (event.event_type) {
      case "resize": {
        const size: [number, number, number] = [event.pwidth, event.pheight, event.pixel_ratio];
        this.print("resized to", size, event.ratio);
        break;
      }
      case "pointer_down": {
        const touch: { x: number; y: number; pressure: number } | undefined = event.touches[0];
        this.state.clicks += event.button + event.ntouches + (touch?.pressure ?? 0);
        this.request_draw();
        break;
      }
      case "wheel":
        this.frame.push(event.dx, event.dy);
        break;
      case "key_down":
        if (event.key === "Escape" && event.modifiers.includes("Shift")) this.close();
        break;
    }
    if (event.type === "char") this.print(event.data);
  }
}

class Later extends RemoteFrameBuffer {
  override async get_frame() {
    await Promise.resolve();
    return { data: new Uint8ClampedArray(16), width: 2, height: 2 };
  }
  override async handle_event() {
    await Promise.resolve();
  }
}

class Sometimes extends RemoteFrameBuffer {
  override get_frame(): Frame | null {
    return this.title === "" ? null : ndarray(new Uint8Array(12), [2, 2, 3]);
  }
}

class Broken extends RemoteFrameBuffer {
  override get_frame(): Frame {
    throw new Error("no picture");
  }
}

class Pushing extends RemoteFrameBuffer {
  override async get_frame() {
    await Promise.resolve();
    this.send_frame({ data: new Uint8Array(4), shape: [2, 2] });
    return null;
  }
}

class Forgetful extends RemoteFrameBuffer {
  // @ts-expect-error the frame isn't returned
  override get_frame() {
    ({ data: new Uint8Array(4), shape: [2, 2] });
  }
}

class ForgetfulLater extends RemoteFrameBuffer {
  // @ts-expect-error the frame isn't returned
  override async get_frame() {
    await Promise.resolve();
  }
}

const w = new Square({ css_width: "600px", css_height: "400px", quality: 90, resizable: false });
w.max_buffered_frames = 3;
new Square({ css_width: 600, css_height: "80vh" });
const width: string = w.css_width;
w.observe((change) => {
  w.print(change.name, change.old, change.new);
}, "css_width");
const stats: FrameStats = w.get_stats();
const rate: number = stats.fps + stats.roundtrip + stats.sent_frames;
const still = w.snapshot(2);
void w.save_picture("a.png", { pixel_ratio: 2 });
const stop = new AbortController();
w.record_video("a.mp4", 5, { fps: 60, quality: 80, signal: stop.signal }).then(
  ({ path, frames, seconds, width, height, codec, bytes }) =>
    w.print(path, frames, seconds, width, height, codec, bytes),
  console.error,
);
const pixels: Uint8Array | undefined = still.data?.data;
const ready: Promise<unknown> = still.ready;

const slider = new IntSlider({ value: 3, min: 0, max: 10 });
slider.observe(() => {
  const value: number = slider.value;
  w.print(value);
}, "value");
const box = new HBox({ children: [w, slider] });
box.layout.width = "100%";
w.send_frame({ data: new Uint8Array(6), shape: [2, 3] });
w.reset_stats();
w.on_msg((content, buffers) => {
  w.print(content, buffers.length);
});
w.send({ type: "mine" }, [new Uint8Array(3)]);

// @ts-expect-error quality is a number
w.quality = "high";
// @ts-expect-error there is no such trait
new Square({ css_with: "600px" });
// @ts-expect-error a frame needs its shape
w.send_frame({ data: new Uint8Array(6) });

export { Broken, Forgetful, ForgetfulLater, Later, Pushing, Sometimes, pixels, rate, ready, width };
