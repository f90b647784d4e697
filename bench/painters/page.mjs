/**
 * Runs in the page, after `paintLab` of lab.mjs: painters on the page's main thread, and in a worker with an OffscreenCanvas.
 * `window.painters` is what bench/painters/measure.mjs calls.
 */

/** @typedef {import("./lab.mjs").Task} Task */
/** @type {{ paintLab: () => ReturnType<typeof import("./lab.mjs").paintLab> }} */
const { paintLab } = /** @type {any} */ (window);

const workerProgram = `
  const lab = (${paintLab.toString()})();
  onmessage = async ({ data: { id, method, values } }) => {
    try {
      postMessage({ id, value: await lab[method](...values) });
    } catch (error) {
      postMessage({ id, error: String(error) });
    }
  };`;

/** @typedef {(method: string, values: unknown[], transfer?: Transferable[]) => Promise<any>} Call */

/** @type {Record<string, Call>} */
const places = { "main thread": inPage(), worker: inWorker() };

/** @returns {Call} */
function inPage() {
  /** @type {any} */
  const lab = paintLab();
  return async (method, values) => lab[method](...values);
}

/** @returns {Call} */
function inWorker() {
  const url = URL.createObjectURL(new Blob([workerProgram], { type: "text/javascript" }));
  const worker = new Worker(url);
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data: { id, value, error } }) => {
    const due = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) due?.resolve(value);
    else due?.reject(new Error(error));
  };
  return (method, values, transfer = []) =>
    new Promise((resolve, reject) => {
      waiting.set((last += 1), { resolve, reject });
      worker.postMessage({ id: last, method, values }, transfer);
    });
}

/** @param {string} place
 * @returns {Call} */
function at(place) {
  const call = places[place];
  if (call === undefined) throw new Error(`bench: there is no ${place}`);
  return call;
}

/** The largest difference of two pictures' values. The alpha of both is 255.
 * @param {ArrayLike<number>} one
 * @param {ArrayLike<number>} other */
function difference(one, other) {
  if (one.length !== other.length) return Infinity;
  let most = 0;
  for (let i = 0; i < one.length; i += 1) {
    most = Math.max(most, Math.abs((one[i] ?? 0) - (other[i] ?? 0)));
  }
  return most;
}

/** @param {string} place
 * @param {Task} task */
async function begin(place, task) {
  document.querySelector("canvas")?.remove();
  const { width, height } = task;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  document.body.append(canvas);
  if (place === "main thread") return at(place)("begin", [canvas, task]);
  const offscreen = canvas.transferControlToOffscreen();
  return at(place)("begin", [offscreen, task], [offscreen]);
}

/** @param {string} place
 * @param {Task} task */
async function pixels(place, task) {
  await begin(place, task);
  const found = await at(place)("pixels", []);
  await at(place)("end", []);
  return found;
}

/** The pixels that were painted last. @type {ArrayLike<number>} */
let kept = [];

Object.assign(window, {
  painters: {
    /** @param {string} name
     * @param {string[]} base64 */
    async load(name, base64) {
      const set = base64.map((text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)));
      for (const call of Object.values(places)) await call("load", [name, set]);
    },

    /** @param {{ place: string, task: Task }} what */
    begin: ({ place, task }) => begin(place, task),

    /** @param {{ place: string, method: string, count: number }} what */
    call: ({ place, method, count }) => at(place)(method, [count]),

    /** How far a painter's pixels are from those of the 2D canvas on the main thread.
     * @param {{ place: string, task: Task }} what */
    async compare({ place, task }) {
      const ours = await pixels(place, task);
      return difference(ours, await pixels("main thread", { ...task, painter: "2D" }));
    },

    /** Shows a picture and leaves it there for a screenshot.
     * @param {{ place: string, task: Task }} what */
    async show({ place, task }) {
      await begin(place, task);
      kept = await at(place)("pixels", []);
    },

    /** How far a screenshot of the canvas is from what was painted.
     * @param {string} base64 a PNG file */
    async compareShot(base64) {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const { width, height } = image;
      const context = new OffscreenCanvas(width, height).getContext("2d");
      context?.drawImage(image, 0, 0);
      image.close();
      return difference(context?.getImageData(0, 0, width, height).data ?? [], kept);
    },
  },
});
