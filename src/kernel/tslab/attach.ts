import { errorMessage } from "../../protocol/errors";
import { registerKernel, explainMissingKernel, type Kernel } from "../../widgets";
import { TslabKernel } from "./tslabKernel";
import { findTslab, processModuleCache, UnsupportedTslabError } from "./tslabKernelInternals";

/** The outcome of {@link attachToTslab}. */
export type AttachResult =
  | {
      readonly state: "attached";
      readonly kernel: Kernel;
      readonly diagnostics: Pick<TslabKernel, "droppedMessages" | "lastDropReason">;
    }
  | {
      /**
       * `absent`: this process isn't a tslab kernel. `unsupported`: it is one, of an unknown
       * version.
       */
      readonly state: "absent" | "unsupported";
      readonly reason: string;
    };

/** What a user can do where there is no kernel. */
const ADVICE = "run it in a notebook with the tslab kernel (npx jupyter-rfb-ts install)";

/**
 * Attaches to the tslab that runs this process's cells, and registers it as the kernel that widgets
 * use.
 *
 * May be called any number of times, also from several copies of the package. Never throws: without
 * a tslab, or with one that differs from what is expected, nothing is changed, and the error comes
 * when a widget is used.
 *
 * @param cache - The modules among which tslab is looked for. Default: the process's own.
 */
export function attachToTslab(cache = processModuleCache()): AttachResult {
  const result = attach(cache);
  if (result.state === "attached") registerKernel(result.kernel);
  else explainMissingKernel(`${result.reason}; ${ADVICE}`);
  return result;
}

function attach(cache: ReturnType<typeof processModuleCache>): AttachResult {
  let version = "of an unknown version";
  try {
    const tslab = findTslab(cache);
    if (typeof tslab === "string") return { state: "absent", reason: tslab };
    version = tslab.version;
    const kernel = TslabKernel.takeOver(tslab);
    return { state: "attached", kernel, diagnostics: kernel };
  } catch (error) {
    const reason =
      error instanceof UnsupportedTslabError
        ? error.message
        : new UnsupportedTslabError(version, errorMessage(error)).message;
    return { state: "unsupported", reason };
  }
}
