/**
 * What runs in the page and in its worker to note when which frame was painted, and when an animation frame could show it. Everything
 * that a function needs is inside, since its text is sent to the browser.
 */

/**
 * Runs in the page before its own scripts, after prefixWorkers(). A client may paint in its worker, or give decoded frames to the
 * page, which paints them.
 */
export function installPaintProbe() {
  /** @type {any} */
  const global = window;
  const now = () => performance.timeOrigin + performance.now();
  /** @typedef {{ n: number, arrived: number, painted: number, seen: number | undefined }} Shown times in milliseconds since the epoch */
  /** @type {Shown[]} */
  let shown = [];
  /** What the page painted, by the count of frames that it was given.
   * @type {Map<number, { painted: number, seen: number | undefined }>} */
  const paintedHere = new Map();
  let given = 0;
  let isComing = false;
  /** @type {{ seen: number | undefined } | undefined} */
  let newest;

  global.Worker = class extends Worker {
    /** @param {string | URL} url
     * @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      // Before the client's own listener, which paints at once.
      this.addEventListener("message", ({ data }) => {
        if (data?.type !== "frame") return;
        given += 1;
        isComing = true;
      });
    }
  };
  const { drawImage } = CanvasRenderingContext2D.prototype;
  /** @param {any[]} args of any of its forms */
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    if (isComing && this.canvas.isConnected) {
      isComing = false;
      const picture = { painted: now(), seen: undefined };
      paintedHere.set(given, picture);
      newest = picture;
    }
    Reflect.apply(drawImage, this, args);
  };
  const tick = () => {
    if (newest !== undefined) newest.seen = now();
    newest = undefined;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);

  const channel = new BroadcastChannel("painted");
  channel.onmessage = ({ data: { count, ...picture } }) => {
    if (count === undefined) {
      shown.push(picture);
      return;
    }
    const here = paintedHere.get(count);
    paintedHere.delete(count);
    if (here !== undefined) shown.push({ ...picture, ...here });
  };
  global.paintProbe = {
    channel,
    take() {
      const taken = shown;
      shown = [];
      return taken;
    },
  };
}

/** Runs in each worker before its own program. A frame is told by its pixel ratio, in which the publishers put its number. */
export function paintProbeInWorker() {
  const out = new BroadcastChannel("painted");
  const now = () => performance.timeOrigin + performance.now();
  /** Pictures that were painted, oldest first, and are not acknowledged yet.
   * @type {{ n: number, arrived: number, painted: number, seen: number | undefined }[]} */
  const pictures = [];
  /** The picture that is on the canvas. @type {typeof pictures[number] | undefined} */
  let newest;
  let isPainting = false;
  const paint = () => {
    // The parts of one picture are painted in one go.
    if (isPainting) return;
    isPainting = true;
    queueMicrotask(() => (isPainting = false));
    newest = { n: NaN, arrived: NaN, painted: now(), seen: undefined };
    pictures.push(newest);
  };
  /** By then an animation frame has shown it, or will never.
   * @param {object} picture */
  const tell = (picture) => setTimeout(() => out.postMessage(picture), 200);
  /** @type {any} */
  const scope = globalThis;
  const { drawImage } = scope.OffscreenCanvasRenderingContext2D.prototype;
  /** @param {any[]} args of any of its forms */
  scope.OffscreenCanvasRenderingContext2D.prototype.drawImage = function (...args) {
    paint();
    return Reflect.apply(drawImage, this, args);
  };
  const tick = () => {
    if (newest !== undefined) newest.seen = now();
    newest = undefined;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);

  /** Frames that were given to the page, by their count, and are not acknowledged yet. @type {number[]} */
  const given = [];
  let count = 0;
  const { postMessage } = scope;
  /** @param {any} message
   * @param {any[]} rest */
  scope.postMessage = (message, ...rest) => {
    if (message?.type === "frame") given.push((count += 1));
    Reflect.apply(postMessage, scope, [message, ...rest]);
  };

  const { send } = WebSocket.prototype;
  /** The frames that came, by their `seq`. @type {Map<number, { n: number, arrived: number }>} */
  const frames = new Map();
  const known = new WeakSet();
  const listen = (/** @type {WebSocket} */ socket) => {
    if (known.has(socket)) return;
    known.add(socket);
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") return;
      const arrived = now();
      const length = new DataView(data).getUint32(0, true);
      const { seq, pixel_ratio = 1 } = JSON.parse(
        new TextDecoder().decode(new Uint8Array(data, 4, length)),
      );
      frames.set(seq, { n: Math.round((pixel_ratio - 1) * 10_000), arrived });
    });
  };
  /** @param {unknown} data */
  WebSocket.prototype.send = function (data) {
    listen(this);
    const message = JSON.parse(String(data));
    if (message.type === "ack" && message.displayed !== false) {
      const frame = frames.get(message.seq);
      const picture = given.length > 0 ? { count: given.shift() } : pictures.shift();
      if (picture !== undefined) tell(Object.assign(picture, frame));
    }
    Reflect.apply(send, this, [data]);
  };
}
