import { findNodeAv } from "../framebuffer/node";

/** Whether node-av is installed. Checked on every call, because it may be installed at any time. */
export function hasNodeAv(): boolean {
  try {
    findNodeAv();
    return true;
  } catch {
    return false;
  }
}
