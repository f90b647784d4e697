/** What runs in the page: it notes when a picture shows the kernel's marker, and confirms the relay's messages. */

/**
 * Added to each page before its own scripts. Everything it needs is inside, since its text is sent to the browser.
 *
 * The marker is looked at where the picture is painted: right after it is drawn on the picture's canvas, and for an <img> right
 * after its load, with a decode. What is painted is seen in the next animation frame.
 */
export function installProbe() {
  /** Milliseconds after which a move counts as never seen. */
  const LIMIT_MS = 5000;
  /** @type {any} */
  const global = window;
  const reader = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

  /** @param {CanvasImageSource} image */
  const codeIn = (image) => {
    if (reader === null) return -1;
    const at = 32;
    reader.drawImage(image, at, at, 1, 1, 0, 0, 1, 1);
    return global.benchMarker(reader.getImageData(0, 0, 1, 1).data);
  };

  /** @type {HTMLCanvasElement | HTMLImageElement | undefined} */
  let target;
  /** Called when the target was painted. @type {Set<() => void>} */
  const onPaint = new Set();
  const painted = () => {
    for (const call of onPaint) call();
  };
  const prototype = CanvasRenderingContext2D.prototype;
  for (const name of /** @type {const} */ (["drawImage", "putImageData"])) {
    const draw = prototype[name];
    /** @param {any[]} args of any of its forms */
    prototype[name] = function (...args) {
      Reflect.apply(draw, this, args);
      if (this.canvas === target) painted();
      onDraw?.(this.canvas);
    };
  }

  /** Animation frames in which a picture had something new to show, since the counting began, of all pictures together. */
  let seen = 0;
  /** Called with each canvas that is drawn on, while that is counted. @type {((canvas: Element) => void) | undefined} */
  let onDraw;
  /** Ends the counting. */
  let endSeen = () => {};

  const pictures = () => {
    const panel = global.jupyterapp.shell.currentWidget.node;
    const found = [...panel.querySelectorAll(".jp-OutputArea canvas, .jp-OutputArea img")];
    return found.filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 50 && height > 50;
    });
  };

  global.benchProbe = {
    /** Chooses the picture: the first one in sight. */
    watch() {
      target?.removeEventListener("load", painted);
      [target] = pictures();
      if (target === undefined) throw new Error("bench: no picture is in sight");
      if (target instanceof HTMLImageElement) target.addEventListener("load", painted);
      const { x, y, width, height } = target.getBoundingClientRect();
      return { x, y, width, height };
    },
    beginSeen() {
      seen = 0;
      const shown = new Set(pictures());
      /** The pictures that have something new to show. */
      const changed = new Set();
      onDraw = (canvas) => {
        if (shown.has(canvas)) changed.add(canvas);
      };
      const images = [...shown].filter((element) => element instanceof HTMLImageElement);
      const note = (/** @type {Event} */ { currentTarget }) => changed.add(currentTarget);
      for (const image of images) image.addEventListener("load", note);
      const tick = () => {
        seen += changed.size;
        changed.clear();
        handle = requestAnimationFrame(tick);
      };
      let handle = requestAnimationFrame(tick);
      endSeen = () => {
        cancelAnimationFrame(handle);
        onDraw = undefined;
        for (const image of images) image.removeEventListener("load", note);
      };
    },
    endSeen() {
      endSeen();
      return seen;
    },
    seenSoFar: () => seen,
    /** The CRC-32 of the picture's RGB bytes; undefined while none is there. */
    checksum() {
      if (target === undefined) return undefined;
      const { width, height } =
        target instanceof HTMLImageElement
          ? { width: target.naturalWidth, height: target.naturalHeight }
          : target;
      // An <img> that has nothing to show yet.
      if (width === 0 || height === 0) return undefined;
      const context = new OffscreenCanvas(width, height).getContext("2d", {
        willReadFrequently: true,
      });
      context?.drawImage(target, 0, 0);
      return global.benchChecksum(context?.getImageData(0, 0, width, height).data ?? []);
    },
    /** The next move of the pointer begins a measurement: `photon` resolves with `seen`, the milliseconds from the event's own time
     * to the first animation frame after the marker changed in the picture; undefined if it never did.
     * @param {(() => void) | undefined} [onMove] called at the move */
    arm(onMove) {
      const before = target === undefined ? -1 : codeIn(target);
      global.benchProbe.photon = new Promise((resolve) => {
        let began = NaN;
        const move = (/** @type {Event} */ { timeStamp }) => {
          if (!Number.isNaN(began)) return;
          began = timeStamp;
          onMove?.();
        };
        const check = () => {
          if (Number.isNaN(began) || target === undefined) return;
          const code = codeIn(target);
          if (code < 0 || code === before) return;
          end();
          requestAnimationFrame(() => resolve({ seen: performance.now() - began }));
        };
        const events = ["pointerrawupdate", "pointermove"];
        for (const name of events) window.addEventListener(name, move, { capture: true });
        onPaint.add(check);
        const limit = setTimeout(() => {
          end();
          resolve(undefined);
        }, LIMIT_MS);
        const end = () => {
          clearTimeout(limit);
          onPaint.delete(check);
          for (const name of events) window.removeEventListener(name, move, { capture: true });
        };
      });
    },
    /** Confirms what the kernel sends over a comm, see relay.cjs. The comm's data: whether to `paint` it first. */
    relay(/** @type {any} */ kernel) {
      kernel.registerCommTarget(
        "jupyter-rfb-ts.bench",
        async (/** @type {any} */ comm, /** @type {any} */ open) => {
          const options = open.content.data;
          const canvas = document.createElement("canvas");
          const context = canvas.getContext("2d");
          const send = (/** @type {object} */ data) => {
            const metadata = { "jupyter-rfb-ts": { idle: false } };
            comm.send(data, metadata, [], true).dispose();
          };
          let chain = Promise.resolve();
          comm.onMsg = (/** @type {any} */ message) => {
            const { index } = message.content.data;
            if (!options.paint) return void send({ index });
            const [buffer] = message.buffers;
            const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
            const decoded = createImageBitmap(new Blob([bytes], { type: "image/jpeg" }), {
              colorSpaceConversion: "none",
            });
            chain = chain.then(async () => {
              const picture = await decoded;
              canvas.width = picture.width;
              canvas.height = picture.height;
              context?.drawImage(picture, 0, 0);
              picture.close();
              send({ index });
            });
          };
          send({ ready: true });
        },
      );
    },
  };
}
