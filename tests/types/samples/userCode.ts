/** What users write, compiled against the built declarations by tslab's TypeScript and by the current one. Never run. */
import {
  HBox,
  frameFromCanvas,
  frameFromTexture,
  IntSlider,
  OrbitControls,
  PanZoom,
  RemoteFrameBuffer,
  type CanvasLike,
  type DeviceLike,
  type Frame,
  type FrameData,
  type FrameFormat,
  type FrameStats,
  type OrbitControlsOptions,
  type PanZoomOptions,
  type RangedFrame,
  type RfbEvent,
  type TextureLike,
} from "jupyter-rfb-ts";
import { createCanvas } from "@napi-rs/canvas";
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

class Floats extends RemoteFrameBuffer {
  override get_frame() {
    return { data: new Float32Array(6), shape: [2, 3], range: [0, 1] };
  }
}

class Words extends RemoteFrameBuffer {
  override async get_frame() {
    await Promise.resolve();
    return { ...ndarray(new Uint16Array(6), [2, 3]), range: [0, 65535] };
  }
}

class Bgra extends RemoteFrameBuffer {
  override get_frame() {
    return { data: new Uint8Array(24), shape: [2, 3, 4], strides: [12, 4, 1], format: "bgra" };
  }
}

class Unranged extends RemoteFrameBuffer {
  // @ts-expect-error floats need a range
  override get_frame() {
    return { data: new Float32Array(6), shape: [2, 3] };
  }
}

class Drawn extends RemoteFrameBuffer {
  canvas = createCanvas(300, 200);
  view = new PanZoom({ minZoom: 0.5, maxZoom: 8, content: this.canvas });
  override handle_event(event: RfbEvent) {
    if (this.view.handle_event(event)) this.request_draw();
    if (event.type === "pointer_move") this.print(this.view.toContent(event.x, event.y).x);
  }
  override get_frame() {
    const { x, y, zoom } = this.view;
    this.canvas.getContext("2d").setTransform(zoom, 0, 0, zoom, -x * zoom, -y * zoom);
    return frameFromCanvas(this.canvas, { background: [0, 0, 0] });
  }
}

declare const device: DeviceLike;
declare const texture: TextureLike;
declare const camera: {
  position: { set(x: number, y: number, z: number): object };
  up: { set(x: number, y: number, z: number): object };
  lookAt(target: object): void;
  lookAt(x: number, y: number, z: number): void;
};

class Orbiting extends RemoteFrameBuffer {
  controls = new OrbitControls({ distance: 3, yaw: 1, pitch: 0.5, target: [0, 1, 0], fov: 60 });
  override handle_event(event: RfbEvent) {
    if (this.controls.handle_event(event)) this.request_draw();
  }
  override async get_frame() {
    this.controls.yaw += 0.1;
    this.controls.apply(camera);
    const matrix: Float32Array = this.controls.viewMatrix();
    const [x, y, z]: readonly [number, number, number] = this.controls.position;
    this.print(matrix, x, y, z);
    return frameFromTexture(device, texture);
  }
}

const orbit: OrbitControlsOptions = { up: [0, 0, 1] };
const section: PanZoomOptions = { x: 1, y: 2, zoom: 3 };
const order: FrameFormat = "bgr";
const numbers: FrameData = new Int32Array(3);
const ranged: RangedFrame = { data: numbers, shape: [1, 1, 3], format: order, range: [0, 9] };
const canvas: CanvasLike = createCanvas(1, 1);
// @ts-expect-error there is no such option
new OrbitControls({ min_distance: 1 });
// @ts-expect-error a content has a size
new PanZoom({ content: 3 });

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

export {
  Bgra,
  Broken,
  Drawn,
  Floats,
  Forgetful,
  ForgetfulLater,
  Later,
  Orbiting,
  Pushing,
  Sometimes,
  Unranged,
  Words,
  canvas,
  orbit,
  pixels,
  ranged,
  rate,
  ready,
  section,
  width,
};
