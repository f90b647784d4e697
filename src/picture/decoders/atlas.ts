/** Decodes an atlas: cells of a picture in one image. */
import { ATLAS_CELL, atlasSize, cellGrid, cellRuns, unpackCellMap } from "../../protocol/atlas";
import type { AtlasFrameMessage } from "../../protocol/messages";
import type { Painting, PaintingPart } from "../painting";
import { decodeSized } from "./image";
import { expectShowable } from "./imageSize";

/**
 * Decodes an atlas into one part for each run of cells.
 *
 * @param buffers - The image file and the cell map.
 * @throws ProtocolError (as a rejection) when the map is not that of the picture.
 * @throws DOMException InvalidStateError when the file is broken.
 * @throws RangeError when the file has another size than the map says, or the picture is too large.
 */
export async function decodeAtlas(
  { atlas, height, mimetype, width }: AtlasFrameMessage,
  [file = new Uint8Array(), map = new Uint8Array()]: readonly Uint8Array[],
): Promise<Painting> {
  expectShowable({ width, height });
  const marks = unpackCellMap(map, { width, height });
  const cells = marks.reduce((sum, mark) => sum + mark, 0);
  const size = atlasSize(cells, atlas.columns);
  const image = await decodeSized(mimetype, size, file, "an atlas");
  const runs = cellRuns(marks, cellGrid({ width, height }).columns, atlas.columns);
  const parts = runs.map((run): PaintingPart => {
    const [x, y] = [run.column * ATLAS_CELL, run.row * ATLAS_CELL];
    // The picture may end within its last cells.
    const across = Math.min(run.length * ATLAS_CELL, width - x);
    const down = Math.min(ATLAS_CELL, height - y);
    const from = [run.atlasColumn * ATLAS_CELL, run.atlasRow * ATLAS_CELL] as const;
    return { image, source: [...from, across, down], target: [x, y, across, down] };
  });
  return {
    size: undefined,
    parts,
    isOpaque: mimetype === "image/jpeg",
    close: () => image.close(),
  };
}
