/**
 * Whether the memory of binary data is gone: transferred to another thread, or replaced when
 * WebAssembly's memory grew. Such data looks empty.
 */
export function isDetached(data: ArrayBufferView | ArrayBufferLike): boolean {
  const buffer = ArrayBuffer.isView(data) ? data.buffer : data;
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** What an error says of data for which {@link isDetached}: what came, and what to do. */
export const DETACHED =
  "bytes whose memory is gone, as it was transferred to another thread or WebAssembly's memory grew; pass a copy, or create the array again";
