/**
 * What a model knows of the page's connection to its kernel. Front ends differ in what their widget
 * manager offers, so everything is read with care; nothing is known where it is missing.
 */
import type { Disposable } from "../protocol/transport";
import type { PictureModel } from "./pictureModel";
import { subscribe, type Signal } from "./signal";

/** The part of JupyterLab's kernel connection that is used here. */
interface KernelPort {
  readonly isDisposed?: unknown;
  readonly status?: unknown;
  readonly connectionStatus?: unknown;
  readonly statusChanged?: Signal;
  readonly connectionStatusChanged?: Signal;
  readonly unhandledMessage?: Signal;
}

/** The part of a comm message that is used here. It is unchecked. */
interface DirectMessage {
  readonly channel?: unknown;
  readonly header?: { readonly msg_type?: unknown };
  readonly content?: {
    readonly comm_id?: unknown;
    readonly data?: { readonly method?: unknown; readonly content?: unknown };
  };
  readonly buffers?: unknown;
}

/**
 * Calls back whenever the connection to the kernel is there again after an interruption. What the
 * kernel sent meanwhile is lost.
 */
export function onReconnected(model: PictureModel, callback: () => void): Disposable {
  let isInterrupted = false;
  const subscription = subscribe(kernelOf(model)?.connectionStatusChanged, (status) => {
    const wasInterrupted = isInterrupted;
    isInterrupted = status !== "connected";
    if (wasInterrupted && !isInterrupted) callback();
  });
  return subscription ?? { dispose: () => undefined };
}

/**
 * Calls back with the kernel's status ("idle", "busy", ...) and that of the connection to it, now
 * and whenever one of them changes. What isn't known is "unknown" and "connected".
 */
export function onKernelChange(
  model: PictureModel,
  callback: (state: { readonly status: string; readonly connection: string }) => void,
): Disposable {
  const kernel = kernelOf(model);
  const tell = (): void => {
    const { status = "unknown", connectionStatus = "connected" } = kernelOf(model) ?? {};
    callback({ status: String(status), connection: String(connectionStatus) });
  };
  const all = [
    subscribe(kernel?.statusChanged, tell),
    subscribe(kernel?.connectionStatusChanged, tell),
  ];
  tell();
  return { dispose: () => all.forEach((one) => one?.dispose()) };
}

/**
 * Receives the custom messages that the kernel sends to this page only. They come on the shell
 * channel, where JupyterLab knows no comms: it passes them on as unhandled.
 *
 * @returns undefined where the front end doesn't pass them on
 */
export function onDirectMessage(
  model: PictureModel,
  receiver: (content: unknown, buffers: unknown) => void,
): Disposable | undefined {
  return subscribe(kernelOf(model)?.unhandledMessage, (message) => {
    const { channel, header, content, buffers } = (message ?? {}) as DirectMessage;
    if (channel !== "shell" || header?.msg_type !== "comm_msg") return;
    if (content?.comm_id !== model.comm?.comm_id || content?.data?.method !== "custom") return;
    receiver(content.data.content, buffers);
  });
}

/**
 * Whether a model's comm can no longer be used, because its kernel was closed or changed. The model
 * itself does not know that.
 */
export function isCut(model: PictureModel): boolean {
  const comm = model.comm as { readonly jsServicesComm?: Partial<KernelPort> } | undefined;
  const kernel = kernelOf(model);
  if (comm?.jsServicesComm?.isDisposed === true || kernel === null) return true;
  return kernel?.isDisposed === true || kernel?.status === "dead";
}

/** Whether a model never had a kernel: on a page that shows a saved state, and has none. */
export function isSaved(model: PictureModel): boolean {
  return model.comm === undefined && kernelOf(model) === undefined;
}

/**
 * Clears the callbacks of a comm that is closed. JupyterLab 4.6 keeps its part of each comm until
 * the kernel's connection ends, and with it the model and its views, which these callbacks hold.
 */
export function releaseComm(comm: PictureModel["comm"]): void {
  const inner = (comm as { readonly jsServicesComm?: object } | undefined)?.jsServicesComm;
  if (inner === undefined) return;
  const nothing = (): void => undefined;
  Object.assign(inner, { onMsg: nothing, onClose: nothing });
}

/** The kernel of the model's widget manager: null when it was closed, undefined when unknown. */
export function kernelOf(model: PictureModel): Partial<KernelPort> | null | undefined {
  return (model.widget_manager as { readonly kernel?: Partial<KernelPort> | null }).kernel;
}
