/** Registers the widget with JupyterLab and Notebook 7. */
import { IJupyterWidgetRegistry } from "@jupyter-widgets/base";
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { ITranslator } from "@jupyterlab/translation";
import { reportOnConsole } from "../view/index";
import { denoKernels } from "./denoKernels";
import { frontEnd } from "./frontEnd";
import { keptPictures } from "./keptPictures";
import { RemoteFrameBufferModel } from "./model";
import { MODULE_NAME, MODULE_VERSION } from "./module";
import { notebookOutputs } from "./notebookOutputs";
import { addPictureCommands } from "./pictureCommands";
import { showSavedPictures } from "./savedPicture";
import { parseSettings, pageSettings } from "./settings";
import { pageTranslation } from "./translation";
import { RemoteFrameBufferView } from "./view";

/** The id of the plugin and of its settings. */
const PLUGIN_ID = `${MODULE_NAME}:plugin`;

async function followSettings(registry: ISettingRegistry): Promise<void> {
  const settings = await registry.load(PLUGIN_ID);
  const apply = (): void => pageSettings.set(parseSettings(settings.composite));
  settings.changed.connect(apply);
  apply();
}

/** The JupyterLab plugin. */
export const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: "Shows what a TypeScript kernel draws, live, and sends back the user's input",
  autoStart: true,
  requires: [IJupyterWidgetRegistry],
  optional: [ISettingRegistry, INotebookTracker, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    widgets: IJupyterWidgetRegistry,
    settings: ISettingRegistry | null,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ): void => {
    const texts = translator?.load(MODULE_NAME);
    if (texts !== undefined) pageTranslation.use((text) => texts.gettext(text));
    frontEnd.setOwnsFutures();
    addPictureCommands(app, notebooks, palette);
    widgets.registerWidget({
      name: MODULE_NAME,
      version: MODULE_VERSION,
      exports: { RemoteFrameBufferModel, RemoteFrameBufferView },
    });
    const { kernelspecs } = app.serviceManager;
    denoKernels.setCommands((name) => kernelspecs.specs?.kernelspecs[name]?.argv);
    const follow = ({ context, content, sessionContext }: NotebookPanel): void => {
      denoKernels.follow(sessionContext);
      notebookOutputs.add(context);
      keptPictures.add(context);
      showSavedPictures(content.rendermime);
    };
    notebooks?.forEach(follow);
    notebooks?.widgetAdded.connect((_notebooks, panel) => follow(panel));
    if (settings === null) return;
    followSettings(settings).catch((error: unknown) => {
      reportOnConsole("Cannot read the settings; using the defaults", error);
    });
  },
};

// JupyterLab expects the plugin as the default export.
export default plugin;
