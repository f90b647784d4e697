/** What `import ... from "jupyter-rfb-ts"` gives in a page. */
import { startPageKernel } from "./pageKernel";

startPageKernel();

export * from "../../../src/rendering";
export { DOMWidget, Widget } from "../../../src/widgets";
export * from "../../../src/widgets/coreWidgets";
export { RemoteFrameBuffer } from "./remoteFrameBuffer";

/** Shows what it is given: in a page, as the value of the cell. */
export function display(...values: readonly unknown[]): readonly unknown[] {
  return values;
}
