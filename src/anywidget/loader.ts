/**
 * The module of each model that anywidget shows: it gets the view's module, which is larger, from
 * the model of another widget, once for all pictures of the page.
 */
import type { IWidgetManager, WidgetModel } from "@jupyter-widgets/base";
import { referredId } from "../protocol/modelReference";
import type { FrontEnd, Picture } from "./picture";

/** What anywidget passes on of a model. */
interface LoadedModel {
  readonly get: (key: string) => unknown;
  readonly widget_manager?: Partial<Pick<IWidgetManager, "get_model">>;
}

/** The modules of this page, by their code, for kernels of different versions. */
type FrontEnds = Map<string, Promise<FrontEnd>>;

/** Each model has a copy of this module, so what they share is global. */
function sharedFrontEnds(): FrontEnds {
  const page = globalThis as unknown as Record<symbol, FrontEnds | undefined>;
  return (page[Symbol.for("jupyter-rfb-ts.frontEnds")] ??= new Map<string, Promise<FrontEnd>>());
}

const frontEnds = sharedFrontEnds();

async function load(code: string): Promise<FrontEnd> {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return (await import(/* @vite-ignore */ url)) as FrontEnd;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The message of a thrown value. */
function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What helps if a model isn't there. */
const REMEDY = "run the cell that shows the picture again";

/** The model that a key of the state refers to. @throws (as a rejection) Error without one */
async function find(
  key: string,
  { get, widget_manager: manager }: LoadedModel,
): Promise<WidgetModel> {
  if (manager?.get_model === undefined) {
    throw new Error(
      "this page's widget manager can't look up other widgets; anywidget 0.11 in a Jupyter front end can",
    );
  }
  let model: WidgetModel | undefined;
  try {
    const id = referredId(get(key));
    model = id === undefined ? undefined : await manager.get_model(id);
  } catch (error) {
    // Managers of ipywidgets 8 reject where older ones return undefined.
    const problem = `its ${key} refers to a widget that can't be found: ${textOf(error)}`;
    throw new Error(`${problem}; ${REMEDY}`, { cause: error });
  }
  if (model !== undefined) return model;
  throw new Error(`its ${key} refers to a widget that isn't open; ${REMEDY}`);
}

async function open(loaded: LoadedModel): Promise<Picture> {
  const [model, source] = await Promise.all([
    find("_model_id", loaded),
    find("_front_end", loaded),
  ]);
  const code = String(source.get("code"));
  const loading = frontEnds.get(code) ?? load(code);
  frontEnds.set(code, loading);
  // A module that couldn't be loaded is tried again for the next picture.
  loading.catch(() => frontEnds.delete(code));
  const { openPicture } = await loading;
  return openPicture(model);
}

/** Anywidget calls this for each model. */
export default (): object => {
  let picture: Promise<Picture> | undefined;
  return {
    // Waits for nothing: until it has returned, anywidget passes on no messages.
    initialize: ({ model }: { readonly model: LoadedModel }) => {
      const opening = open(model);
      picture = opening;
      const dispose = (): void =>
        void opening.then((opened) => opened.dispose()).catch(() => undefined);
      opening.catch((error: unknown) => console.error("Cannot show a picture:", error));
      return dispose;
    },
    render: async ({ el }: { readonly el: HTMLElement }) => {
      try {
        return (await picture)?.render(el);
      } catch (error) {
        el.textContent = `Cannot show the picture: ${textOf(error)}`;
        return undefined;
      }
    },
  };
};
