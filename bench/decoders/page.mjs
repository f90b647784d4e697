/**
 * Runs in the page: ways to bring an image file or a video chunk onto a canvas, and how fast and how smoothly each does it.
 * `window.decoders` is what bench/parts/decoders.mjs calls.
 */

/**
 * @typedef {object} Way
 * @property {(bytes: Uint8Array, at: number) => Promise<unknown>} show settles when the picture is drawn
 * @property {() => void} end
 */

/** @param {number} width
 * @param {number} height */
function newCanvas(width, height) {
  document.querySelector("canvas")?.remove();
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  document.body.append(canvas);
  return canvas;
}

/** @param {number} width
 * @param {number} height
 * @param {CanvasRenderingContext2DSettings} [settings] */
function painter(width, height, settings = {}) {
  const context = newCanvas(width, height).getContext("2d", { colorSpace: "srgb", ...settings });
  if (context === null) throw new Error("Cannot measure: no 2D canvas");
  return (/** @type {ImageBitmap | VideoFrame} */ picture) => {
    context.globalCompositeOperation = "copy";
    context.drawImage(picture, 0, 0);
    picture.close();
  };
}

/** A decoder in the page or in a worker, which has the source of this function: so it uses nothing from outside.
 * @param {(picture: VideoFrame) => void} paint */
function videoDecoder(paint) {
  /** @type {Map<number, (value?: unknown) => void>} */
  const waiting = new Map();
  const decoder = new VideoDecoder({
    output(picture) {
      const { timestamp } = picture;
      paint(picture);
      waiting.get(timestamp)?.();
      waiting.delete(timestamp);
    },
    error(error) {
      throw error;
    },
  });
  return {
    /** @param {Uint8Array} data
     * @param {number} at
     * @param {string} codec */
    show(data, at, codec) {
      if (at === 0) decoder.configure({ codec, optimizeForLatency: true });
      return new Promise((resolve) => {
        waiting.set(at, resolve);
        const type = at === 0 ? "key" : "delta";
        decoder.decode(new EncodedVideoChunk({ type, timestamp: at, data }));
      });
    },
    end: () => decoder.close(),
  };
}

/** The worker's program. */
const workerProgram = `
  const videoDecoder = ${videoDecoder.toString()};
  let context, video;
  onmessage = async ({ data: { canvas, bytes, at, codec } }) => {
    if (canvas) {
      context = canvas.getContext("2d", { colorSpace: "srgb" });
      return;
    }
    const paint = (picture) => {
      context.globalCompositeOperation = "copy";
      context.drawImage(picture, 0, 0);
      picture.close();
    };
    if (codec) {
      video ??= videoDecoder(paint);
      await video.show(bytes, at, codec);
    } else {
      paint(await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })));
    }
    postMessage({ at, time: performance.timeOrigin + performance.now() });
  };`;

/** @param {number} width
 * @param {number} height
 * @param {string} [codec]
 * @returns {Way} */
function inWorker(width, height, codec) {
  const url = URL.createObjectURL(new Blob([workerProgram], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  const canvas = newCanvas(width, height).transferControlToOffscreen();
  worker.postMessage({ canvas }, [canvas]);
  /** @type {Map<number, (value: unknown) => void>} */
  const waiting = new Map();
  worker.onmessage = ({ data: { at, time } }) => {
    waiting.get(at)?.(time - performance.timeOrigin);
    waiting.delete(at);
  };
  return {
    show: (bytes, at) =>
      new Promise((resolve) => {
        waiting.set(at, resolve);
        // The message's buffer also holds the rest of the message: what is transferred must be a copy.
        const own = bytes.slice();
        worker.postMessage({ bytes: own, at, codec }, [own.buffer]);
      }),
    end: () => worker.terminate(),
  };
}

/** A worker that only decodes.
 * @param {number} width
 * @param {number} height
 * @returns {Way} */
function inHelper(width, height) {
  const paint = painter(width, height);
  const program = `onmessage = async ({ data: { bytes, at } }) => {
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
    postMessage({ at, bitmap }, [bitmap]);
  };`;
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  /** @type {Map<number, (value?: unknown) => void>} */
  const waiting = new Map();
  worker.onmessage = ({ data: { at, bitmap } }) => {
    paint(bitmap);
    waiting.get(at)?.();
    waiting.delete(at);
  };
  return {
    show: (bytes, at) =>
      new Promise((resolve) => {
        waiting.set(at, resolve);
        const own = bytes.slice();
        worker.postMessage({ bytes: own, at }, [own.buffer]);
      }),
    end: () => worker.terminate(),
  };
}

/** @param {ImageBitmapOptions} [options]
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @param {(bytes: any) => Blob} [blobOf]
 * @returns {(width: number, height: number) => Way} */
const byBitmap =
  (options, settings, blobOf = (bytes) => new Blob([bytes], { type: "image/jpeg" })) =>
  (width, height) => {
    const paint = painter(width, height, settings);
    return {
      show: async (bytes) => paint(await createImageBitmap(blobOf(bytes), options)),
      end: () => undefined,
    };
  };

/** @type {Record<string, (width: number, height: number, codec: string) => Way>} */
const ways = {
  "view: createImageBitmap, drawImage": byBitmap(),
  "worker: the same on an OffscreenCanvas": (width, height) => inWorker(width, height),
  "worker decodes, the page draws": (width, height) => inHelper(width, height),
  "copied before the Blob copies": byBitmap(
    {},
    {},
    (bytes) => new Blob([new Uint8Array(bytes)], { type: "image/jpeg" }),
  ),
  "colorSpaceConversion none": byBitmap({ colorSpaceConversion: "none" }),
  "premultiplyAlpha premultiply": byBitmap({ premultiplyAlpha: "premultiply" }),
  "premultiplyAlpha none": byBitmap({ premultiplyAlpha: "none" }),
  "desynchronized canvas": byBitmap({}, { desynchronized: true }),
  "willReadFrequently canvas": byBitmap({}, { willReadFrequently: true }),
  "opaque canvas": byBitmap({}, { alpha: false }),
  "bitmaprenderer (no patches)": (width, height) => {
    const context = newCanvas(width, height).getContext("bitmaprenderer");
    return {
      show: async (bytes) => {
        const blob = new Blob([/** @type {any} */ (bytes)], { type: "image/jpeg" });
        context?.transferFromImageBitmap(await createImageBitmap(blob));
      },
      end: () => undefined,
    };
  },
  ImageDecoder: (width, height) => {
    const paint = painter(width, height);
    return {
      show: async (bytes) => {
        const decoder = new ImageDecoder({
          type: "image/jpeg",
          data: /** @type {any} */ (bytes),
        });
        const { image } = await decoder.decode();
        paint(image);
        decoder.close();
      },
      end: () => undefined,
    };
  },
  "view: VideoDecoder, drawImage": (width, height, codec) => {
    const { show, end } = videoDecoder(painter(width, height));
    return { show: (bytes, at) => show(bytes, at, codec), end };
  },
  "worker: VideoDecoder on an OffscreenCanvas": (width, height, codec) =>
    inWorker(width, height, codec),
};

/** @type {Record<string, Uint8Array[]>} */
const files = {};

/** @template T
 * @param {Record<string, T>} among
 * @param {string} name
 * @returns {T} */
function known(among, name) {
  const found = among[name];
  if (found === undefined) throw new Error(`bench: there is no ${name}`);
  return found;
}

/** @param {readonly Uint8Array[]} set
 * @param {number} at
 * @returns {Uint8Array} */
const inTurn = (set, at) => set[at % set.length] ?? new Uint8Array();

/** @param {number} milliseconds */
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Keeps the page busy, as a script of the notebook would.
 * @param {number} milliseconds */
function block(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

Object.assign(window, {
  decoders: {
    /** @param {string} name
     * @param {string[]} base64 */
    load(name, base64) {
      files[name] = base64.map((text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)));
    },

    /** Shows frames as fast as it goes, two in flight.
     * @param {{ way: string, file: string, width: number, height: number, codec: string, count: number }} what */
    async race({ way, file, width, height, codec, count }) {
      const { show, end } = known(ways, way)(width, height, codec);
      const set = known(files, file);
      /** @type {number[]} */
      const latencies = [];
      let next = 0;
      const lane = async () => {
        while (next < count) {
          const at = next++;
          const began = performance.now();
          await show(inTurn(set, at), at);
          latencies.push(performance.now() - began);
        }
      };
      const began = performance.now();
      await Promise.all([lane(), lane()]);
      const seconds = (performance.now() - began) / 1000;
      end();
      return { fps: count / seconds, latencies };
    },

    /** Shows 30 frames a second while the page has tasks of 200 ms. The frames come to the page, as in JupyterLab.
     * @param {{ way: string, file: string, width: number, height: number, codec: string, tasks: number }} what
     * @returns the longest times without a new picture around each task, in milliseconds */
    async disturb({ way, file, width, height, codec, tasks }) {
      const { show, end } = known(ways, way)(width, height, codec);
      const set = known(files, file);
      /** @type {number[]} */
      const drawn = [];
      let isOver = false;
      let at = 0;
      const feeding = (async () => {
        const began = performance.now();
        while (!isOver) {
          const mine = at++;
          void show(inTurn(set, mine), mine).then((time) =>
            drawn.push(typeof time === "number" ? time : performance.now()),
          );
          await sleep(Math.max(0, began + (at * 1000) / 30 - performance.now()));
        }
      })();
      /** @type {number[]} */
      const gaps = [];
      for (let task = 0; task < tasks; task += 1) {
        await sleep(300);
        const began = performance.now();
        block(200);
        await sleep(300);
        const times = drawn.filter((time) => time > began - 200).sort((a, b) => a - b);
        gaps.push(Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0))));
      }
      isOver = true;
      await feeding;
      await sleep(100);
      end();
      return gaps;
    },
  },
});
