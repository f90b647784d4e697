/**
 * What runs in the page and in its worker to note when which frame was painted, and when an animation frame could show it. Everything
 * that a function needs is inside, since its text is sent to the browser.
 */

/** Runs in the page before its own scripts, after prefixWorkers(). */
export function installPaintProbe() {
  /** @type {any} */
  const global = window;
  /** @typedef {{ n: number, arrived: number, painted: number, seen: number | undefined }} Shown times in milliseconds since the epoch */
  /** @type {Shown[]} */
  let shown = [];
  const channel = new BroadcastChannel("painted");
  channel.onmessage = ({ data }) => shown.push(data);
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
  const tell = (/** @type {typeof pictures[number]} */ picture) => out.postMessage(picture);
  /** @param {any} prototype
   * @param {string} name */
  const hook = (prototype, name) => {
    const method = prototype?.[name];
    if (method === undefined) return;
    /** @param {any[]} args */
    prototype[name] = function (...args) {
      paint();
      return Reflect.apply(method, this, args);
    };
  };
  /** @type {any} */
  const scope = globalThis;
  hook(scope.OffscreenCanvasRenderingContext2D?.prototype, "drawImage");
  for (const api of ["WebGLRenderingContext", "WebGL2RenderingContext"]) {
    for (const name of ["drawArrays", "drawElements"]) hook(scope[api]?.prototype, name);
  }
  const tick = () => {
    if (newest !== undefined) newest.seen = now();
    newest = undefined;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);

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
      // A client that paints by other means acknowledges at once what it has painted.
      if (pictures.length === 0) paint();
      const [picture] = pictures.splice(0, 1);
      if (picture !== undefined) {
        Object.assign(picture, frames.get(message.seq));
        // By then an animation frame has shown it, or will never.
        setTimeout(() => tell(picture), 200);
      }
    }
    Reflect.apply(send, this, [data]);
  };
}
