/** What runs in the page to find the floor: what the page alone takes from a pointer's move to the picture. */

/**
 * Added to each page before its own scripts, after installProbe(). It records frames that the kernel sends, and later gives them to
 * the same model again as if they came from the kernel: decoder and painter are the view's own, and nothing leaves the page.
 */
export function installFloor() {
  /** The marker's middle, in pixels. */
  const AT = 32;
  /** @type {any} */
  const global = window;
  /** @typedef {{ content: any, buffers: DataView[] }} Recorded */
  /** @type {Recorded[]} */
  let recorded = [];
  /** The recorded frames with the same marker, in the order of the markers. @type {Recorded[][]} */
  let groups = [];
  /** @type {any} */
  let model;
  let stopRecording = () => {};
  let end = () => {};

  /** @param {any} widget of Lumino
   * @returns {any} the output that shows a widget of ipywidgets */
  const rendererIn = (widget) => {
    if (typeof widget?._manager?.promise?.then === "function") return widget;
    for (const child of widget?.widgets ?? []) {
      const found = rendererIn(child);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const findModel = async () => {
    const { content } = global.jupyterapp.shell.currentWidget;
    for (const cell of content.widgets) {
      for (let at = 0; at < (cell.model.outputs?.length ?? 0); at += 1) {
        const view = cell.model.outputs.get(at).data["application/vnd.jupyter.widget-view+json"];
        if (view === undefined) continue;
        const manager = await rendererIn(cell.outputArea)._manager.promise;
        return manager.get_model(view.model_id);
      }
    }
    throw new Error("bench: no widget is in sight");
  };

  /** @param {Recorded} frame */
  const codeOf = async ({ content, buffers }) => {
    const picture = await createImageBitmap(
      new Blob(/** @type {any} */ (buffers), { type: content.mimetype }),
    );
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context?.drawImage(picture, AT, AT, 1, 1, 0, 0, 1, 1);
    const rgb = context?.getImageData(0, 0, 1, 1).data ?? [];
    return [0, 1, 2].reduce((code, i) => code | (Math.round((rgb[i] ?? 0) / 85) << (2 * i)), 0);
  };

  global.benchFloor = {
    async record() {
      model = await findModel();
      recorded = [];
      const note = (/** @type {any} */ content, /** @type {any} */ buffers) => {
        if (content?.mimetype !== "image/jpeg" || "patches" in content) return;
        recorded.push({ content, buffers });
      };
      model.on("msg:custom", note);
      stopRecording = () => model.off("msg:custom", note);
    },
    async endRecording() {
      stopRecording();
      const all = new Map();
      for (const frame of recorded) {
        const code = await codeOf(frame);
        all.set(code, [...(all.get(code) ?? []), frame]);
      }
      groups = [...all.values()];
      recorded = [];
      if (groups.length < 2) throw new Error("bench: too few frames were recorded for the floor");
    },
    /** Cuts the model off from its kernel. `moving`: shows recorded pictures all the time, one for each animation frame.
     * @param {boolean} moving */
    begin(moving) {
      const services = model.comm.jsServicesComm;
      const { send } = services;
      let index = 1_000_000;
      let shown = 0;
      let group = 0;
      let isOver = false;
      const give = () => {
        const frames = groups[group % groups.length] ?? [];
        const { content, buffers } = /** @type {Recorded} */ (frames[shown++ % frames.length]);
        model.trigger("msg:custom", { ...content, index: (index += 1) }, buffers);
      };
      services.send = (/** @type {any} */ { content }) => {
        if (moving && content?.type === "frame_feedback" && content.index === index) {
          requestAnimationFrame(() => {
            if (!isOver && content.index === index) give();
          });
        }
        return { dispose: () => undefined };
      };
      global.benchFloor.move = () => {
        group += 1;
        give();
      };
      end = () => {
        isOver = true;
        services.send = send;
        model.display.hello();
      };
      give();
    },
    end: () => end(),
  };
}
