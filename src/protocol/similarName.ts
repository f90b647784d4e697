/** Edits, at most, from a misspelt name to the right one. */
const MAX_EDITS = 2;

/**
 * The known name that a misspelt one was probably meant to be: `css_widht` is `css_width`, and so
 * are `cssWidth` and `width`. Undefined if none is similar.
 */
export function similarName(wrong: string, known: Iterable<string>): string | undefined {
  const plain = simplified(wrong);
  const candidates = [...known].map((name) => ({ name, plain: simplified(name) }));
  const same = candidates.find((one) => one.plain === plain);
  if (same !== undefined) return same.name;
  const close = candidates
    .map(({ name, plain: other }) => ({ name, edits: edits(plain, other) }))
    .sort((a, b) => a.edits - b.edits)[0];
  // Short names differ from others in a few letters.
  const most = Math.min(MAX_EDITS, Math.floor(plain.length / 3));
  if (close !== undefined && close.edits <= most) return close.name;
  const parts = [...known].filter((name) => name.split("_").includes(wrong));
  return parts.length === 1 ? parts[0] : undefined;
}

/** "; did you mean NAME?", or nothing: the end of an error about a name. */
export function didYouMean(wrong: string, known: Iterable<string>): string {
  const name = similarName(wrong, known);
  return name === undefined ? "" : `; did you mean ${name}?`;
}

function simplified(name: string): string {
  return name.replaceAll(/[_-]/g, "").toLowerCase();
}

/** How many letters have to be inserted, left out, replaced or swapped with the next. */
function edits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, count) => count);
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const options = [at(last, column) + 1, at(line, column - 1) + 1];
      options.push(at(last, column - 1) + (isSame ? 0 : 1));
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && isSwapped) options.push(at(beforeLast, column - 2) + 1);
      line.push(Math.min(...options));
    }
    [beforeLast, last] = [last, line];
  }
  return at(last, to.length);
}

function at(line: readonly number[], index: number): number {
  return line[index] ?? Infinity;
}
