import type { Peer } from "./kernel";

/**
 * Receives custom messages, with unchecked content, and the page that sent them, where the kernel
 * can tell pages apart. What it throws is reported, and later callbacks still run.
 */
export type MessageCallback = (
  content: unknown,
  buffers: readonly Uint8Array[],
  peer: Peer | undefined,
) => unknown;

/** Options of every widget. */
export interface WidgetOptions {
  /** Number of views. null doesn't count them; 0 starts counting. @defaultValue null */
  readonly _view_count?: number | null;
}
