/** New memory, all zero, that worker threads see without a copy. */
export function sharedMemory(byteLength: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(byteLength));
}

/** A copy of bytes that worker threads see. */
export function sharedCopy(bytes: Uint8Array): Uint8Array {
  const copy = sharedMemory(bytes.byteLength);
  copy.set(bytes);
  return copy;
}
