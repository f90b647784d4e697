import { Snapshot } from "../kernel/snapshot";
import {
  acceptPageWidgets,
  explainMissingKernel,
  registerKernel,
  registerWidgetControl,
  SELF_SHOWING,
  Widget,
} from "../widgets";
import { showAsLastExpression } from "./lastExpression";
import { LiteKernel } from "./liteKernel";
import { checkLiteScope, NoLiteKernelError } from "./liteScope";

/**
 * Makes the JavaScript kernel of JupyterLite the one that widgets use, if the globals are its own.
 * If not, showing a widget throws, and says why.
 */
export function attachToLite(scope: object): void {
  try {
    const kernel = new LiteKernel(checkLiteScope(scope));
    registerKernel(kernel);
    registerWidgetControl(kernel);
    acceptPageWidgets(kernel);
    const place = {
      display: kernel.display.bind(kernel),
      report: kernel.report.bind(kernel),
    };
    for (const shown of [Widget, Snapshot, ...SELF_SHOWING])
      showAsLastExpression(shown.prototype, place);
  } catch (error) {
    if (!(error instanceof NoLiteKernelError)) throw error;
    explainMissingKernel(error.message);
  }
}
