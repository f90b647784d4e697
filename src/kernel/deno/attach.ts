import { errorMessage } from "../../protocol/errors";
import { explainMissingKernel, registerKernel, type Kernel } from "../../widgets";
import { findDeno } from "./denoHost";
import { DenoKernel } from "./denoKernel";

/** The outcome of {@link attachToDeno}. */
export type DenoAttachResult =
  | { readonly state: "attached"; readonly kernel: Kernel }
  /** `absent`: this isn't a Deno kernel. `unsupported`: it is one, of an unknown version. */
  | { readonly state: "absent" | "unsupported" };

/**
 * Attaches to the Deno kernel that runs this process's cells, and registers it as the kernel that
 * widgets use. May be called any number of times. Never throws: the error comes when a widget is
 * used.
 */
export function attachToDeno(scope: object = globalThis): DenoAttachResult {
  try {
    const host = findDeno(scope);
    if (host === undefined) return { state: "absent" };
    const kernel = DenoKernel.takeOver(host, scope);
    registerKernel(kernel);
    return { state: "attached", kernel };
  } catch (error) {
    explainMissingKernel(errorMessage(error));
    return { state: "unsupported" };
  }
}
