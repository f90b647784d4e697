/** Runs in the page: shows a stream by one of the clients.
 * @param {{ side: string, url: string, video: boolean, width: number, height: number }} options */
export async function showStream({ side, url, video, width, height }) {
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
  stage.style.width = `${width}px`;
  stage.style.height = `${height}px`;
  const module = await import(side === "ours" ? "/ours.js" : "/theirs.js");
  if (side === "ours") {
    new module.RemoteFramebufferView(stage, { url, imageOnly: !video });
    return;
  }
  /** @type {Record<string, unknown>} */
  const traits = { url, image_only: !video, show_toolbar: false, show_stats: false };
  const nothing = () => undefined;
  const get = (/** @type {string} */ name) => traits[name];
  const model = { get, set: nothing, save_changes: nothing, on: nothing, off: nothing };
  module.default.render({ model, el: stage });
  const viewport = /** @type {HTMLElement | null} */ (stage.querySelector(".rfb-viewport"));
  if (viewport !== null) Object.assign(viewport.style, { width: "100%", height: "100%" });
}
