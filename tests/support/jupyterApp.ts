/** What tests use of JupyterLab's application, which the page of a test's server exposes. */
export interface JupyterApp {
  readonly shell: { readonly currentWidget?: NotebookPanel };
  readonly commands: { execute(id: string): Promise<unknown> };
}

interface NotebookPanel {
  readonly content: { activeCellIndex: number; readonly widgets: readonly unknown[] };
  readonly sessionContext?: {
    readonly ready: Promise<void>;
    readonly session?: { readonly kernel?: Kernel };
    changeKernel(name: { readonly name: string }): Promise<unknown>;
  };
}

interface Kernel {
  readonly connectionStatus: string;
  readonly info: Promise<unknown>;
  requestExecute(content: object): {
    onIOPub: (message: { readonly content: { readonly text?: string } }) => void;
    readonly done: Promise<unknown>;
  };
}

declare global {
  /** For functions that run in the page. */
  const jupyterapp: JupyterApp | undefined;
}

/** An expression for the page: how the open notebook is connected to its kernel; undefined before there is one. */
export const CONNECTION_STATUS =
  '(typeof jupyterapp === "undefined" ? undefined : jupyterapp)?.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus';
