/**
 * Runs in a page that shows a stream, before its own scripts: what installProbe does for a picture in JupyterLab, for one that a worker
 * paints. Everything it needs is inside, or from installReaders, since its text is sent to the browser.
 */
export function installMarkerProbe() {
  /** Milliseconds after which a move counts as never seen. */
  const LIMIT_MS = 5000;
  /** @type {any} */
  const global = window;
  /** Pictures that an animation frame could show, with their marker's number; times since the epoch. */
  const channel = new BroadcastChannel("seen");
  /** @type {Set<(picture: { code: number, at: number }) => void>} */
  const onSeen = new Set();
  let newest = -1;
  channel.onmessage = ({ data }) => {
    for (const call of onSeen) call(data);
    newest = data.code;
  };
  const canvas = () => document.querySelector("canvas");
  /** Pictures that were seen since the counting began. */
  let seen = 0;
  const note = () => (seen += 1);

  global.benchProbe = {
    channel,
    watch() {
      const { x = 0, y = 0, width = 0, height = 0 } = canvas()?.getBoundingClientRect() ?? {};
      return { x, y, width, height };
    },
    beginSeen() {
      seen = 0;
      onSeen.add(note);
    },
    endSeen() {
      onSeen.delete(note);
      return seen;
    },
    seenSoFar: () => seen,
    checksum() {
      const picture = canvas();
      if (picture === null) return undefined;
      const { width, height } = picture;
      const context = new OffscreenCanvas(width, height).getContext("2d", {
        willReadFrequently: true,
      });
      context?.drawImage(picture, 0, 0);
      return global.benchChecksum(context?.getImageData(0, 0, width, height).data ?? []);
    },
    arm() {
      const before = newest;
      global.benchProbe.photon = new Promise((resolve) => {
        let began = NaN;
        const move = (/** @type {Event} */ { timeStamp }) => {
          if (Number.isNaN(began)) began = performance.timeOrigin + timeStamp;
        };
        const check = (/** @type {{ code: number, at: number }} */ { code, at }) => {
          if (Number.isNaN(began) || code < 0 || code === before) return;
          end();
          resolve({ seen: at - began });
        };
        const events = ["pointerrawupdate", "pointermove"];
        for (const name of events) window.addEventListener(name, move, { capture: true });
        onSeen.add(check);
        const limit = setTimeout(() => {
          end();
          resolve(undefined);
        }, LIMIT_MS);
        const end = () => {
          clearTimeout(limit);
          onSeen.delete(check);
          for (const name of events) window.removeEventListener(name, move, { capture: true });
        };
      });
    },
  };
}

/** Runs in each worker before its own program, after installReaders(). */
export function markerProbeInWorker() {
  /** @type {any} */
  const scope = globalThis;
  const out = new BroadcastChannel("seen");
  const reader = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const { prototype } = OffscreenCanvasRenderingContext2D;
  const { drawImage } = prototype;
  /** What was painted since the last animation frame. @type {OffscreenCanvas | undefined} */
  let painted;
  for (const name of /** @type {const} */ (["drawImage", "putImageData"])) {
    const draw = prototype[name];
    /** @param {any[]} args of any of its forms */
    prototype[name] = function (...args) {
      Reflect.apply(draw, this, args);
      if (this.canvas.width > 50) painted = this.canvas;
    };
  }
  const tick = () => {
    if (painted !== undefined && reader !== null) {
      Reflect.apply(drawImage, reader, [painted, 32, 32, 1, 1, 0, 0, 1, 1]);
      const code = scope.benchMarker(reader.getImageData(0, 0, 1, 1).data);
      out.postMessage({ code, at: performance.timeOrigin + performance.now() });
    }
    painted = undefined;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
