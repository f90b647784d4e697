import { getKernel, hasKernel } from "./kernel";

/** Names the run of the cell that runs now; undefined if the kernel can't tell. */
export function presentCell(): string | undefined {
  return hasKernel() ? getKernel().currentCell?.() : undefined;
}
