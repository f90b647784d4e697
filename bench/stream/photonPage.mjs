/**
 * What runs in the page and in its worker to measure from a pointer's move to the picture that answers it. Everything that a function
 * needs is inside, since its text is sent to the browser. Times are in milliseconds since the epoch.
 */

/**
 * Runs in the worker before the client's program, after installReaders(). It tells the page of each picture that shows another marker, and, for the floor,
 * gives the client frames that the server sent before as if they came from the socket: receiver, decoder and painter are the client's
 * own, and nothing leaves the browser.
 */
export function photonProbeInWorker() {
  /** The marker's middle, in pixels. */
  const AT = 32;
  const out = new BroadcastChannel("photon");
  const now = () => performance.timeOrigin + performance.now();
  /** @type {any} */
  const scope = globalThis;
  const reader = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

  /** @param {CanvasImageSource} image
   * @returns {number} the marker's number, or -1 where there is none */
  const codeIn = (image) => {
    if (reader === null) return -1;
    reader.drawImage(image, AT, AT, 1, 1, 0, 0, 1, 1);
    return scope.benchMarker(reader.getImageData(0, 0, 1, 1).data);
  };

  /** @typedef {{ header: any, payload: Uint8Array, at: number }} Arrived */
  /** The newest frame. @type {Arrived | undefined} */
  let newest;
  /** When an image was decoded, and of which frame it is.
   * @type {WeakMap<object, { frame: Arrived | undefined, decoded: number }>} */
  const decoded = new WeakMap();
  let shownCode = -1;
  /** When the newest move was given to the socket. */
  let movedAt = NaN;

  let isRecording = false;
  /** Frames with the same marker. @type {Map<number, Arrived[]>} */
  const groups = new Map();
  let isFloor = false;
  let isMoving = false;
  let group = 0;
  let given = 0;
  let seq = 1_000_000;
  /** @type {WebSocket | undefined} */
  let socket;

  const give = () => {
    const frames = [...groups.values()][group % groups.size] ?? [];
    const { header, payload } = /** @type {Arrived} */ (frames[given++ % frames.length]);
    const head = new TextEncoder().encode(JSON.stringify({ ...header, seq: (seq += 1) }));
    const data = new Uint8Array(4 + head.length + payload.length);
    new DataView(data.buffer).setUint32(0, head.length, true);
    data.set(head, 4);
    data.set(payload, 4 + head.length);
    socket?.dispatchEvent(new MessageEvent("message", { data: data.buffer }));
  };

  scope.WebSocket = class extends WebSocket {
    /** @param {string} url */
    constructor(url) {
      super(url);
      this.addEventListener("message", ({ currentTarget, data }) => {
        socket = /** @type {WebSocket} */ (currentTarget);
        if (typeof data === "string") return;
        const at = now();
        const length = new DataView(data).getUint32(0, true);
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
        newest = { header, payload: new Uint8Array(data, 4 + length), at };
      });
    }

    /** @param {string} text
     * @override */
    send(text) {
      const message = JSON.parse(text);
      const isEvent = message.type === "event";
      if (isEvent && message.event.type === "pointer_move") movedAt = now();
      if (!isFloor || (!isEvent && message.type !== "ack")) return super.send(text);
      if (isMoving && message.seq === seq) {
        const shown = seq;
        requestAnimationFrame(() => {
          if (seq === shown) give();
        });
      }
    }
  };

  const decode = scope.createImageBitmap;
  scope.createImageBitmap = async (/** @type {any[]} */ ...args) => {
    const frame = newest;
    const image = await Reflect.apply(decode, scope, args);
    decoded.set(image, { frame, decoded: now() });
    return image;
  };

  const { drawImage } = OffscreenCanvasRenderingContext2D.prototype;
  /** @param {any[]} args of any of its forms */
  OffscreenCanvasRenderingContext2D.prototype.drawImage = function (...args) {
    Reflect.apply(drawImage, this, args);
    if (this === reader) return;
    const painted = now();
    const [image] = args;
    const code = codeIn(image);
    if (code < 0) return;
    const { frame, decoded: decodedAt = NaN } = decoded.get(image) ?? {};
    if (isRecording && frame?.header.type === "image_frame") {
      groups.set(code, [...(groups.get(code) ?? []), frame]);
    }
    if (code === shownCode) return;
    shownCode = code;
    const times = { moved: movedAt, arrived: frame?.at ?? NaN, decoded: decodedAt, painted };
    requestAnimationFrame(() => {
      out.postMessage({ code, seq: frame?.header.seq, ...times, seen: now() });
    });
  };

  /** @type {Record<string, (moving: boolean) => void>} */
  const commands = {
    record: () => (isRecording = true),
    floor: (moving) => {
      if (groups.size < 2) throw new Error("bench: too few frames were recorded for the floor");
      isRecording = false;
      isFloor = true;
      isMoving = moving;
      give();
    },
    move: () => {
      group += 1;
      give();
    },
  };
  scope.addEventListener("message", (/** @type {MessageEvent} */ event) => {
    const { bench, moving } = event.data ?? {};
    if (bench === undefined) return;
    event.stopImmediatePropagation();
    commands[bench]?.(moving);
  });
}

/** Runs in the page before its own scripts, after prefixWorkers(). */
export function installPhotonProbe() {
  /** Milliseconds after which a move counts as never seen. */
  const LIMIT_MS = 5000;
  /** @type {any} */
  const global = window;
  const channel = new BroadcastChannel("photon");
  let code = -1;
  /** @type {(shown: any) => void} */
  let onShown = () => {};
  channel.onmessage = ({ data }) => {
    code = data.code;
    onShown(data);
  };
  const post = (/** @type {object} */ message) => global.benchWorkers[0].postMessage(message);
  global.photonProbe = {
    channel,
    post,
    /** Whether a picture is on the canvas. */
    get isShown() {
      return code >= 0;
    },
    /** The next move of the pointer begins a measurement: `photon` resolves with the moments of its way, or undefined where no
     * animation frame showed another marker.
     * @param {boolean} isFloor whether the worker is to answer by itself */
    arm(isFloor) {
      const before = code;
      global.photonProbe.photon = new Promise((resolve) => {
        const events = ["pointerrawupdate", "pointermove"];
        let moved = NaN;
        let noticed = NaN;
        const move = (/** @type {Event} */ { timeStamp }) => {
          if (!Number.isNaN(moved)) return;
          moved = performance.timeOrigin + timeStamp;
          noticed = performance.timeOrigin + performance.now();
          if (isFloor) post({ bench: "move" });
        };
        const end = (/** @type {any} */ result) => {
          clearTimeout(limit);
          onShown = () => {};
          for (const name of events) window.removeEventListener(name, move, { capture: true });
          resolve(result);
        };
        for (const name of events) window.addEventListener(name, move, { capture: true });
        onShown = ({ moved: sent, ...shown }) => {
          if (!Number.isNaN(moved) && shown.code !== before)
            end({ moved, noticed, sent, ...shown });
        };
        const limit = setTimeout(() => end(undefined), LIMIT_MS);
      });
    },
  };
}

/** Runs in the page: shows a stream as images.
 * @param {{ url: string, width: number, height: number }} options */
export async function showImages({ url, width, height }) {
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
  stage.style.width = `${width}px`;
  stage.style.height = `${height}px`;
  const module = await import(/** @type {any} */ ("/ours.js"));
  new module.RemoteFramebufferView(stage, { url, imageOnly: true });
}
