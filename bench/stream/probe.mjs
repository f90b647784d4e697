/**
 * Runs in the page before its own scripts: has each worker note when it acknowledges which frame, which a client does when the frame
 * is painted. A frame is told by its pixel ratio, in which the publishers put its number. Everything it needs is inside, since its
 * text is sent to the browser.
 */
export function installPaintProbe() {
  /** @type {any} */
  const global = window;
  /** @type {[n: number, at: number][]} */
  let painted = [];
  const channel = new BroadcastChannel("painted");
  channel.onmessage = ({ data }) => painted.push(data);
  global.paintProbe = {
    channel,
    take() {
      const taken = painted;
      painted = [];
      return taken;
    },
  };
  const inWorker = () => {
    const out = new BroadcastChannel("painted");
    const { send } = WebSocket.prototype;
    /** @type {Map<number, number>} */
    const numbers = new Map();
    const seen = new WeakSet();
    const listen = (/** @type {WebSocket} */ socket) => {
      if (seen.has(socket)) return;
      seen.add(socket);
      socket.addEventListener("message", ({ data }) => {
        if (typeof data === "string") return;
        const length = new DataView(data).getUint32(0, true);
        const { seq, pixel_ratio = 1 } = JSON.parse(
          new TextDecoder().decode(new Uint8Array(data, 4, length)),
        );
        numbers.set(seq, Math.round((pixel_ratio - 1) * 10_000));
      });
    };
    /** @param {unknown} data */
    WebSocket.prototype.send = function (data) {
      listen(this);
      const message = JSON.parse(String(data));
      if (message.type === "ack" && message.displayed !== false) {
        out.postMessage([numbers.get(message.seq), performance.timeOrigin + performance.now()]);
      }
      Reflect.apply(send, this, [data]);
    };
  };
  const prefix = `(${inWorker.toString()})();`;
  // The clients' own URLs are asked for once more, by the programs around theirs.
  URL.revokeObjectURL = () => undefined;
  const blobUrl = (/** @type {string} */ program) =>
    URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  global.Worker = class extends Worker {
    /** @param {string | URL} url
     * @param {WorkerOptions} [options] */
    constructor(url, options) {
      const own = JSON.stringify(String(url));
      const program =
        options?.type === "module"
          ? `import ${JSON.stringify(blobUrl(prefix))}; import ${own};`
          : `${prefix}importScripts(${own});`;
      super(blobUrl(program), options);
    }
  };
}
