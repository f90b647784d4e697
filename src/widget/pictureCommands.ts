/** The tools of pictures as commands of JupyterLab. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette } from "@jupyterlab/apputils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { ReadonlyPartialJSONObject } from "@lumino/coreutils";
import type { Disposable } from "../protocol/transport";
import {
  Disposables,
  TOOL_LABELS,
  TOOLS,
  type FrameBufferView,
  type ToolName,
} from "../view/index";
import { MODULE_NAME } from "./module";
import { pageTranslation } from "./translation";

/** An argument of the commands in a menu: for the picture that the pointer is on. */
const POINTED = { pointed: true } as const;

/** Elements over which JupyterLab's context menu has the commands. */
const PICTURE = ".jupyter-rfb-view";

/** The ids of commands; they are what users write into keyboard shortcuts. */
const COMMANDS: Readonly<Record<ToolName, string>> = {
  save: `${MODULE_NAME}:save-picture`,
  copy: `${MODULE_NAME}:copy-picture`,
  record: `${MODULE_NAME}:record-video`,
  fullScreen: `${MODULE_NAME}:full-screen`,
  originalSize: `${MODULE_NAME}:original-size`,
  statistics: `${MODULE_NAME}:statistics`,
  help: `${MODULE_NAME}:help`,
};

/** The picture that commands are for: the one that the user was at last. */
export class CurrentPicture {
  /** The last one is the current one. */
  readonly #views = new Set<FrameBufferView>();

  /** Follows a view until the returned object is disposed. */
  follow(view: FrameBufferView): Disposable {
    const own = new Disposables();
    this.#views.add(view);
    const take = (): void => {
      this.#views.delete(view);
      this.#views.add(view);
    };
    own.listen(view.element, "pointerenter", take);
    own.listen(view.element, "focusin", take);
    own.addCallback(() => this.#views.delete(view));
    return own;
  }

  /**
   * @param places - parts of the page where the user is, the smallest first: a picture there is
   *   preferred
   */
  current(...places: readonly (Node | undefined)[]): FrameBufferView | undefined {
    const newestFirst = [...this.#views].reverse().filter((view) => view.isVisible);
    for (const place of places) {
      const there = newestFirst.find((view) => place?.contains(view.element));
      if (there !== undefined) return there;
    }
    return newestFirst[0];
  }
}

/** The current picture of this page. */
export const currentPicture: CurrentPicture = new CurrentPicture();

/** Adds the commands, to the palette too, if there is one, and to the menu over a picture. */
export function addPictureCommands(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker | null,
  palette: ICommandPalette | null,
): void {
  const view = ({ pointed }: ReadonlyPartialJSONObject): FrameBufferView | undefined => {
    if (pointed === true) return currentPicture.current();
    const { currentWidget } = app.shell;
    const isNotebook = notebooks?.currentWidget === currentWidget;
    const cell = isNotebook ? notebooks?.activeCell?.node : undefined;
    return currentPicture.current(cell, currentWidget?.node);
  };
  const category = pageTranslation.translate("Remote Frame Buffer");
  for (const [rank, tool] of TOOLS.entries()) {
    const command = COMMANDS[tool];
    app.commands.addCommand(command, {
      label: () => pageTranslation.translate(`Picture: ${TOOL_LABELS[tool]}`),
      isEnabled: (args) => view(args) !== undefined,
      isToggled: (args) => view(args)?.toolbar.isOn(tool) ?? false,
      execute: (args) => view(args)?.toolbar.run(tool),
    });
    palette?.addItem({ command, category });
    // Above JupyterLab's own, whose ranks begin at 0.
    const place = { selector: PICTURE, rank: rank - TOOLS.length - 1 };
    app.contextMenu.addItem({ command, args: POINTED, ...place });
  }
  app.contextMenu.addItem({ type: "separator", selector: PICTURE, rank: -1 });
}
