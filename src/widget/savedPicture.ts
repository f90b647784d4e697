/** Shows an output's saved picture while, or where, its widget cannot be shown. */
import { shownModelId, WIDGET_VIEW } from "./outputs";
import { pageTranslation } from "./translation";

/** An output's content as JupyterLab gives it to a renderer. */
interface MimeModel {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The part of the widget manager's renderer that is used here: a Lumino panel. */
interface Renderer {
  readonly node: HTMLElement;
  /** The view, once it is shown. */
  readonly widgets?: readonly unknown[];
  renderModel(model: MimeModel): Promise<void>;
}

/** The part of JupyterLab's registry of renderers that is used here. */
export interface RendererRegistry {
  createRenderer(mimeType: string): object;
}

/**
 * Has a registry's renderers of widgets show the picture that their output holds. Without a kernel
 * the widget manager would show "Loading widget" or "model not found". A live view stays when its
 * output gets a new picture.
 */
export function showSavedPictures(registry: RendererRegistry): void {
  const create = registry.createRenderer.bind(registry);
  registry.createRenderer = (mimeType) => {
    const renderer = create(mimeType);
    if (mimeType === WIDGET_VIEW && "renderModel" in renderer) extend(renderer as Renderer);
    return renderer;
  };
}

/** The renderer itself is kept, as the widget manager searches for objects of its class. */
function extend(renderer: Renderer): void {
  const renderModel = renderer.renderModel.bind(renderer);
  let shown: string | undefined;
  const isLive = (): boolean => (renderer.widgets?.length ?? 0) > 0;
  renderer.renderModel = async (model) => {
    const modelId = shownModelId(model.data);
    if (isLive() && modelId === shown) return;
    shown = modelId;
    const picture = pictureOf(model);
    const rendering = renderModel(model);
    // Each replaces a text of the widget manager.
    if (picture !== undefined) renderer.node.replaceChildren(picture);
    await rendering;
    if (picture !== undefined && !isLive()) renderer.node.replaceChildren(picture);
  };
}

/** The saved picture at its logical size; undefined if the output has none. */
function pictureOf({ data, metadata }: MimeModel): HTMLElement | undefined {
  const png = data["image/png"];
  if (typeof png !== "string") return undefined;
  const image = document.createElement("img");
  image.className = "jupyter-rfb-saved";
  image.src = `data:image/png;base64,${png}`;
  image.alt = pageTranslation.translate(
    "The picture as it was saved. Run the cell to make it live.",
  );
  image.title = image.alt;
  const { width, height } = (metadata["image/png"] ?? {}) as Partial<Record<string, unknown>>;
  if (typeof width === "number") image.width = width;
  if (typeof height === "number") image.height = height;
  return image;
}
