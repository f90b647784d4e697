/** The key of this package's own settings in a comm message's metadata (docs/PROTOCOL.md). */
const OWN_KEY = "jupyter-rfb-ts";

/** What a page says of itself in the metadata of a comm message. */
export interface PageMetadata {
  /** Whether it waits for the message's `idle`, which delays the next frame. */
  readonly awaitsIdle: boolean;
  /** Whether it takes comm messages on the shell channel, which leads to this page only. */
  readonly takesDirect: boolean;
}

/** Reads the metadata of a comm message. What isn't as expected counts as absent. */
export function readPageMetadata(metadata: unknown): PageMetadata {
  const own = (metadata as Record<string, unknown> | null | undefined)?.[OWN_KEY];
  const { idle, direct } = (own ?? {}) as { readonly idle?: unknown; readonly direct?: unknown };
  return { awaitsIdle: idle !== false, takesDirect: direct === true };
}
