/**
 * Formats a table, with columns as wide as their longest cell and two spaces between them.
 *
 * @param isLeft - whether a column is aligned to the left, instead of to the right
 */
export function textTable(
  rows: readonly (readonly string[])[],
  isLeft: (column: number) => boolean,
): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) =>
        isLeft(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
