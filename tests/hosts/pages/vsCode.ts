/**
 * Runs in the page of the VS Code test: VS Code's own widget manager, and the way that messages take
 * between VS Code's two processes. Its extension host has the connection to the kernel, and sends the
 * page's messages again; the page has a connection without a network. A message without buffers
 * travels as text, any other as an array of numbers.
 */
import {
  KernelAPI,
  KernelConnection,
  ServerConnection,
  type Kernel,
  type KernelMessage,
} from "@jupyterlab/services";
import { deserialize } from "@jupyterlab/services/lib/kernel/serialize";

/** The part of VS Code's widget manager that is used here. */
interface WidgetManager {
  get_model(id: string): Promise<object>;
  create_view(model: object, options: object): Promise<object>;
  display_view(data: unknown, view: object, options: object): Promise<unknown>;
  get_state(options: { readonly drop_defaults: boolean }): Promise<object>;
}

declare const vscIPyWidgets8: { load(): void };
declare const vscIPyWidgets: {
  readonly WidgetManager: new (
    kernel: Kernel.IKernelConnection,
    element: HTMLElement,
    loader: object,
    log: () => void,
  ) => WidgetManager;
};
declare const requirejs: { config(options: object): void };

const WIDGET = "application/vnd.jupyter.widget-view+json";

/** The socket between the extension host and the kernel. */
class HostSocket extends WebSocket {
  static onData: (data: string | ArrayBuffer) => void = () => undefined;

  /** Without a protocol, as VS Code's own kernels: text where there are no buffers. */
  constructor(url: string | URL) {
    super(url);
    this.binaryType = "arraybuffer";
    this.addEventListener("message", ({ data }) => HostSocket.onData(data as string | ArrayBuffer));
  }
}

/** What the page's connection takes for a socket. */
class PageSocket {
  static onData: (data: string | ArrayBuffer) => void = () => undefined;
  static current: PageSocket | undefined;
  readonly protocol = "";
  readonly readyState = 1;
  onopen: ((event: object) => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;

  constructor() {
    PageSocket.current = this;
    queueMicrotask(() => this.onopen?.({}));
  }

  send(data: string | ArrayBuffer): void {
    PageSocket.onData(data);
  }

  close(): void {
    this.onmessage = null;
  }
}

/** The page's side of the test, as `window.vsCode`. */
export class VsCodePage {
  readonly #base: string;
  readonly #element: HTMLElement;
  /** Messages that came as an array of numbers. */
  numbers = 0;
  /** What the page asked for, and what failed. */
  readonly log: string[] = [];
  #host: Kernel.IKernelConnection | undefined;
  #kernel: Kernel.IKernelConnection | undefined;
  #manager: WidgetManager | undefined;

  constructor(base: string, element: HTMLElement) {
    this.#base = base;
    this.#element = element;
  }

  /** Starts a kernel. @param cdn - where widgets' modules are */
  async start(kernelName: string, cdn: string): Promise<void> {
    vscIPyWidgets8.load();
    const place = { baseUrl: this.#base, wsUrl: this.#base.replace(/^http/, "ws"), token: "" };
    const real = ServerConnection.makeSettings({ ...place, WebSocket: HostSocket });
    const model = await KernelAPI.startNew({ name: kernelName }, real);
    const host = new KernelConnection({ model, serverSettings: real, handleComms: false });
    const unreal = { ...place, WebSocket: PageSocket as unknown as typeof WebSocket };
    HostSocket.onData = (data) => PageSocket.current?.onmessage?.({ data: this.#carry(data) });
    PageSocket.onData = (data) => {
      // Its type knows binary messages only.
      const message = deserialize(data as ArrayBuffer) as unknown as KernelMessage.IShellMessage;
      host.sendShellMessage(message);
    };
    await host.info;
    const kernel = new KernelConnection({
      ...{ model, clientId: host.clientId, handleComms: true },
      serverSettings: ServerConnection.makeSettings(unreal),
    });
    this.#host = host;
    this.#kernel = kernel;
    const registered = new Set<string>();
    this.#manager = new vscIPyWidgets.WidgetManager(
      kernel,
      this.#element,
      {
        widgetsRegisteredInRequireJs: registered,
        errorHandler: (name: string, module: string, version: string, error: unknown) =>
          this.log.push(`Cannot load ${name} of ${module}@${version}: ${String(error)}`),
        successHandler: () => undefined,
        // VS Code's rule: the lowest version of the range, in dist/index.
        loadWidgetScript: (module: string, version: string) => {
          const path = `${cdn}${module}@${version.replace(/^\^/, "")}/dist/index`;
          this.log.push(path);
          requirejs.config({ paths: { [module]: path } });
          registered.add(module);
          return Promise.resolve();
        },
      },
      () => undefined,
    );
  }

  /** Runs a cell, and shows its widgets. Returns what it printed. */
  async execute(code: string): Promise<string> {
    const { kernel, manager } = this.#started();
    let printed = "";
    const shown: Promise<void>[] = [];
    const future = kernel.requestExecute({ code });
    future.onIOPub = ({ header, content }) => {
      if (header.msg_type === "stream") printed += (content as { text: string }).text;
      if (header.msg_type === "error") printed += JSON.stringify(content);
      const { data } = content as { data?: Record<string, { model_id: string } | undefined> };
      const widget = data?.[WIDGET];
      if (widget !== undefined) shown.push(this.#show(manager, widget));
    };
    await future.done;
    await Promise.all(shown);
    return printed;
  }

  /** How many messages the extension host still waits for. */
  get waiting(): number {
    return (this.#started().host as unknown as { _futures: Map<string, unknown> })._futures.size;
  }

  /** The state of all widgets, as it is saved with a notebook. */
  state(): Promise<object> {
    return this.#started().manager.get_state({ drop_defaults: true });
  }

  async end(): Promise<void> {
    await this.#started().host.shutdown();
  }

  #started() {
    const [host, kernel, manager] = [this.#host, this.#kernel, this.#manager];
    if (!host || !kernel || !manager) throw new Error("Cannot use the kernel: it isn't started");
    return { host, kernel, manager };
  }

  #carry(data: string | ArrayBuffer): string | ArrayBuffer {
    if (typeof data === "string") return data;
    this.numbers += 1;
    return new Uint8Array([...new Uint8Array(data)]).buffer;
  }

  async #show(manager: WidgetManager, data: { readonly model_id: string }): Promise<void> {
    const model = await manager.get_model(data.model_id);
    const element = document.createElement("div");
    this.#element.append(element);
    const view = await manager.create_view(model, { el: element });
    await manager.display_view(data, view, { node: element });
  }
}

declare global {
  interface Window {
    VsCodePage: typeof VsCodePage;
    vsCode: VsCodePage;
  }
}

window.VsCodePage = VsCodePage;
