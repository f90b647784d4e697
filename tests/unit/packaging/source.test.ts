import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = resolve(import.meta.dirname, "..", "..", "..", "src");

/** What a person can read in one sitting. See CONTRIBUTING.md. */
const MAX_LINES = 350;
const MAX_COMMENT_COLUMNS = 100;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/[\\/]generated[\\/]/.test(file))
  .map((file) => ({ file, lines: readFileSync(join(SOURCE, file), "utf8").split("\n") }));

describe("the source files", () => {
  it("are found", () => {
    expect(files.length).toBeGreaterThan(200);
  });

  it(`have ${MAX_LINES} lines at most`, () => {
    const long = files.filter(({ lines }) => lines.length - 1 > MAX_LINES);
    expect(long.map(({ file, lines }) => `${file}: ${lines.length - 1}`)).toEqual([]);
  });

  it(`have comments of ${MAX_COMMENT_COLUMNS} columns at most`, () => {
    const wide = files.flatMap(({ file, lines }) =>
      lines.flatMap((line, index) =>
        /^\s*(?:\/\/|\/?\*)/.test(line) && line.length > MAX_COMMENT_COLUMNS
          ? [`${file}:${index + 1}`]
          : [],
      ),
    );
    expect(wide).toEqual([]);
  });
});
