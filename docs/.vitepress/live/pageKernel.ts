/** The kernel of widgets in a page, where nobody else has models of them. */
import { registerKernel, type Kernel } from "../../../src/widgets";

let count = 0;

const pageKernel: Kernel = {
  openComm: ({ id = `comm-${++count}` }) => ({ id, send: () => undefined, close: () => undefined }),
  registerTarget: () => undefined,
  display: () => undefined,
};

/** Lets widgets open, so that their traits and fields work as in a notebook. */
export function startPageKernel(): void {
  registerKernel(pageKernel);
}
