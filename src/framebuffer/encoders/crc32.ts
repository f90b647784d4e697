import * as zlib from "node:zlib";

/** Node's own, many times faster. It came with Node 20.15. */
const native = (zlib as { crc32?: (bytes: Uint8Array) => number }).crc32;

/** The checksum of PNG and zlib. @see https://www.w3.org/TR/png-3/#D-CRCAppendix */
export const crc32: (bytes: Uint8Array) => number = native ?? plainCrc32;

/** As {@link crc32}, without Node's help. */
export function plainCrc32(bytes: Uint8Array): number {
  const table = remainders();
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/** What each byte leaves when divided by CRC-32's polynomial, bits reversed. */
function remainders(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
    }
    return remainder;
  });
}
