/** Finds the connections to Deno kernels, which need an {@link ExecuteRoute}. */
import { ExecuteRoute, type KernelConnection } from "./executeRoute";
import { subscribe, type Signal } from "./signal";

/** The part of JupyterLab's session context that is used here. */
export interface SessionContext {
  readonly session?: { readonly kernel?: object | null } | null;
  readonly kernelChanged: Signal;
}

/** Returns the command that starts a kernel, by the name of its kernelspec, if it is known. */
export type FindCommand = (name: string) => readonly string[] | undefined;

/** Gives each connection to a Deno kernel its route, once. */
export class DenoKernels {
  readonly #routes = new WeakMap<object, ExecuteRoute>();
  #findCommand: FindCommand = () => undefined;

  /** Says how to find the commands of kernels that aren't called "deno". */
  setCommands(findCommand: FindCommand): void {
    this.#findCommand = findCommand;
  }

  /** Looks at the kernels of a notebook until it is closed. */
  follow(context: SessionContext): void {
    this.add(context.session?.kernel);
    // The signal ends with the notebook.
    subscribe(context.kernelChanged, (change) => {
      this.add((change as { readonly newValue?: object | null } | null)?.newValue);
    });
  }

  /** Looks at one connection. */
  add(kernel: object | null | undefined): void {
    if (kernel === null || kernel === undefined || this.#routes.has(kernel)) return;
    const { name, sendShellMessage } = kernel as {
      readonly name?: unknown;
      readonly sendShellMessage?: unknown;
    };
    if (typeof name !== "string" || typeof sendShellMessage !== "function") return;
    if (!this.#isDeno(name)) return;
    this.#routes.set(kernel, new ExecuteRoute(kernel as KernelConnection));
  }

  #isDeno(name: string): boolean {
    if (name === "deno") return true;
    const [, ...options] = this.#findCommand(name) ?? [];
    return options[0] === "jupyter" && options.includes("--conn");
  }
}

/** The kernels of this page. */
export const denoKernels: DenoKernels = new DenoKernels();
