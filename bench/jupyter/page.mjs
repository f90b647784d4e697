/** What runs in the page: it notes when a picture shows the kernel's marker, and confirms the relay's messages. */

/**
 * Added to each page before its own scripts. Everything it needs is inside, since its text is sent to the browser.
 *
 * The marker is looked at where the picture is painted: right after drawImage on the picture's canvas, and for an <img> right
 * after its load, with a decode. A canvas that a worker paints is looked at every few milliseconds.
 */
export function installProbe() {
  const POLL_MS = 4;
  /** The marker's middle, in pixels. */
  const AT = 24;
  /** @type {any} */
  const global = window;
  const reader = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

  /** @param {Uint8ClampedArray} rgba
   * @returns {number} the marker's number, or -1 where there is none */
  const codeOf = (rgba) => {
    let code = 0;
    for (let i = 0; i < 3; i += 1) {
      const value = rgba[i] ?? 0;
      const level = Math.round(value / 85);
      if (Math.abs(value - level * 85) > 24) return -1;
      code |= level << (2 * i);
    }
    return code;
  };

  /** @type {HTMLCanvasElement | HTMLImageElement | undefined} */
  let target;
  let isArmed = false;

  const readCopy = () => {
    if (reader === null || target === undefined) return -1;
    reader.drawImage(target, AT, AT, 1, 1, 0, 0, 1, 1);
    return codeOf(reader.getImageData(0, 0, 1, 1).data);
  };
  const isPaintedHere = () => {
    try {
      return target instanceof HTMLCanvasElement && target.getContext("2d") !== null;
    } catch {
      return false;
    }
  };

  const { drawImage } = CanvasRenderingContext2D.prototype;
  /** @param {any[]} args of any of its forms */
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    Reflect.apply(drawImage, this, args);
    if (isArmed && this.canvas === target) {
      const code = codeOf(this.getImageData(AT, AT, 1, 1).data);
      check?.(code);
    }
  };
  /** @type {((code: number) => void) | undefined} */
  let check;

  global.benchProbe = {
    /** Chooses the picture: the first one in sight. */
    watch() {
      const found = [...document.querySelectorAll(".jp-OutputArea canvas, .jp-OutputArea img")];
      target = /** @type {any} */ (
        found.find((element) => {
          const { width, height } = element.getBoundingClientRect();
          return width > 50 && height > 50;
        })
      );
      if (target === undefined) throw new Error("bench: no picture is in sight");
      const { x, y, width, height } = target.getBoundingClientRect();
      return { x, y, width, height, tag: target.tagName };
    },
    /** The next pointer move begins a measurement. */
    arm() {
      const before = readCopy();
      global.benchProbe.photon = new Promise((resolve) => {
        let begin = NaN;
        let timer = 0;
        const onMove = () => {
          if (Number.isNaN(begin)) begin = performance.now();
        };
        window.addEventListener("pointermove", onMove, { capture: true });
        const onLoad = () => check?.(readCopy());
        const end = (/** @type {number} */ value) => {
          isArmed = false;
          check = undefined;
          clearTimeout(limit);
          clearInterval(timer);
          target?.removeEventListener("load", onLoad);
          window.removeEventListener("pointermove", onMove, { capture: true });
          resolve(value);
        };
        const limit = setTimeout(() => end(NaN), 5000);
        check = (code) => {
          if (code >= 0 && code !== before && !Number.isNaN(begin)) end(performance.now() - begin);
        };
        if (target instanceof HTMLImageElement) target.addEventListener("load", onLoad);
        else if (isPaintedHere()) isArmed = true;
        else timer = window.setInterval(() => check?.(readCopy()), POLL_MS);
      });
    },
    /** Confirms what the kernel sends over a comm. options: see relay.cjs and the relay's measurement. */
    relay(/** @type {any} */ kernel) {
      kernel.registerCommTarget(
        "jupyter-rfb-ts.bench",
        async (/** @type {any} */ comm, /** @type {any} */ open) => {
          const options = open.content.data;
          const canvas = document.createElement("canvas");
          const context = canvas.getContext("2d");
          const send = (/** @type {object} */ data) => {
            if (!options.noIdle) return comm.send(data);
            const metadata = { "jupyter-rfb-ts": { idle: false } };
            comm.send(data, metadata, [], true).dispose();
          };
          let chain = Promise.resolve();
          comm.onMsg = (/** @type {any} */ message) => {
            const { index } = message.content.data;
            if (options.early) send({ early: index });
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
