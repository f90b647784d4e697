/** Reads the fields that frames have in both routes' messages. */
import { MAX_ATLAS_COLUMNS } from "./atlas";
import { integer, type Check } from "./checks";
import type { Fields } from "./fields";
import type { AtlasLayout, PatchRect } from "./messages";

/** Side of a picture in device pixels: the largest that browsers allow a canvas. */
export const MAX_PHYSICAL_SIZE = 65535;

/**
 * The most patches in a frame. Each is an image file of its own to decode; more would cost more
 * than the whole picture.
 */
const MAX_PATCHES = 64;

/** A side of a picture in device pixels. */
export const PICTURE_SIDE: Check<number> = integer(1, MAX_PHYSICAL_SIZE);

const PATCH: Check<PatchRect> = {
  expected: `[x, y, width, height] in whole pixels, not empty and inside ${MAX_PHYSICAL_SIZE}`,
  type: "array",
  accepts: (value): value is PatchRect => {
    if (!Array.isArray(value) || value.length !== 4) return false;
    const [x, y, width, height] = value as unknown[];
    return isSpan(x, width) && isSpan(y, height);
  },
};

function isSpan(start: unknown, length: unknown): boolean {
  return (
    Number.isInteger(start) &&
    Number.isInteger(length) &&
    Number(start) >= 0 &&
    Number(length) >= 1 &&
    Number(start) + Number(length) <= MAX_PHYSICAL_SIZE
  );
}

/** The size in which a picture is shown, in device pixels. @throws ProtocolError */
export function readPictureSize(fields: Fields): { width: number; height: number } {
  return {
    width: fields.read("width", PICTURE_SIDE),
    height: fields.read("height", PICTURE_SIDE),
  };
}

/** The rectangles of a frame of patches, one or more. @throws ProtocolError */
export function readPatches(fields: Fields): PatchRect[] {
  return fields.list("patches", PATCH, MAX_PATCHES, 1);
}

const ATLAS_COLUMNS = integer(1, MAX_ATLAS_COLUMNS);

/** The layout of a frame that is an atlas. @throws ProtocolError */
export function readAtlas(fields: Fields): AtlasLayout {
  return { columns: fields.child("atlas").read("columns", ATLAS_COLUMNS) };
}
