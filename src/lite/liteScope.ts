/**
 * What JupyterLite's JavaScript kernel gives to its cells as globals, as far as it is used here.
 *
 * @see https://github.com/jupyterlite/javascript-kernel
 */
import { isObject } from "../protocol/checks";

/** An open comm of the kernel. */
export interface LiteComm {
  readonly commId: string;
  send(data: object, metadata?: object, buffers?: readonly ArrayBuffer[]): void;
  /** Calls onClose, too. */
  close(): void;
  onMsg: ((data: unknown, buffers?: readonly ArrayBuffer[]) => void) | null;
  onClose: (() => void) | null;
}

/** `Jupyter.comm` */
export interface LiteComms {
  open(
    targetName: string,
    data: object,
    metadata?: object,
    buffers?: readonly ArrayBuffer[],
    id?: string,
  ): LiteComm;
  registerTarget(
    targetName: string,
    handler: (comm: LiteComm, data: unknown, buffers?: readonly ArrayBuffer[]) => void,
  ): void;
  /** The id of the message that is being handled: of a cell that runs, or of a comm's message. */
  getCurrentMessageId?(): string | null;
  /**
   * Publishes any output. It isn't part of the kernel's public interface, but nothing else can
   * replace what was shown.
   */
  _onOutput?(output: object): void;
}

/** The methods of the console that the kernel prints, and where. */
export const CONSOLE_METHODS = {
  log: "stdout",
  info: "stdout",
  debug: "stdout",
  dir: "stdout",
  trace: "stdout",
  table: "stdout",
  warn: "stderr",
  error: "stderr",
} as const;

/** The globals of the kernel's cells. */
export interface LiteScope {
  readonly Jupyter: { readonly comm: LiteComms };
  /** Shows a value in the cell that runs. */
  display: (value: unknown, metadata?: object) => void;
  readonly console: Record<keyof typeof CONSOLE_METHODS, (...values: unknown[]) => void>;
}

/** Thrown where the globals aren't those of a kernel that can show widgets. */
export class NoLiteKernelError extends Error {}

/**
 * Checks that globals are the kernel's.
 *
 * @throws NoLiteKernelError with what to do, when they aren't.
 */
export function checkLiteScope(scope: object): LiteScope {
  const { Jupyter, display } = scope as { readonly Jupyter?: unknown; readonly display?: unknown };
  if (!isObject(Jupyter) || typeof display !== "function") {
    throw new NoLiteKernelError(
      "jupyter-rfb-ts/lite works in notebooks of JupyterLite's JavaScript kernel only; in tslab, import jupyter-rfb-ts",
    );
  }
  const { comm } = Jupyter as { readonly comm?: unknown };
  const isComms =
    isObject(comm) && ["open", "registerTarget"].every((name) => isMethod(comm, name));
  if (!isComms) {
    throw new NoLiteKernelError(
      "this JavaScript kernel has no comms; update jupyterlite-javascript-kernel to 0.4.0a5 or newer",
    );
  }
  return scope as LiteScope;
}

function isMethod(object: object, name: string): boolean {
  return typeof (object as Readonly<Record<string, unknown>>)[name] === "function";
}
