import type { FrameStats } from "../framebuffer";
import { getKernel, hasKernel } from "../widgets";

/** What `get_stats()` returns: the widget's frames, and the messages that its kernel dropped. */
export interface WidgetStats extends FrameStats {
  /**
   * Messages from front ends to this kernel, for any widget, that were dropped since the import:
   * wrongly signed, not parsable, or against Jupyter's protocol.
   */
  readonly dropped_messages: number;
  /** Why the last of them was dropped; "" if none was. */
  readonly last_drop_reason: string;
}

/** Adds the kernel's count of dropped messages; 0 without a kernel. */
export function withDroppedMessages(stats: FrameStats): WidgetStats {
  const { droppedMessages = 0, lastDropReason = "" } = hasKernel() ? getKernel() : {};
  return { ...stats, dropped_messages: droppedMessages, last_drop_reason: lastDropReason };
}
