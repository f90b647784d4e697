import type { Peer } from "./kernel";
import type { Widget } from "./widget";

/** What an observer receives. */
export interface Change<T = unknown> {
  /** Always "change". */
  readonly type: "change";
  /** The trait that changed. */
  readonly name: string;
  /** Its value until now. */
  readonly old: T;
  /** Its value from now on. */
  readonly new: T;
  /** The widget that the trait belongs to. */
  readonly owner: Widget;
}

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
