import { extname } from "node:path";
import { checkValue, mismatch, string } from "../../protocol/checks";

const PATH = string();

/**
 * The format of a file by the end of its name.
 *
 * @param formats - the format for each end, in lower case with a dot
 * @throws TypeError when the path isn't a string; RangeError when it has none of these ends.
 */
export function formatOfPath<Format>(
  path: string,
  formats: Readonly<Record<string, Format>>,
): Format {
  const end = extname(checkValue("path", path, PATH)).toLowerCase();
  const format = Object.hasOwn(formats, end) ? formats[end] : undefined;
  if (format !== undefined) return format;
  const expected = `a file name that ends in ${Object.keys(formats).join(", ")}`;
  throw new RangeError(mismatch("path", { expected }, path));
}
