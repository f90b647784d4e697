import { describe, expect, it } from "vitest";
import { installCellErrors, withoutExcerpt } from "../../../../src/kernel/tslab/cellErrors";
import type { TslabModule } from "../../../../src/kernel/tslab/tslabKernelInternals";

type Write = (name: "stdout" | "stderr", text: string) => void;

/** A cell that writes, and then ends or fails. Returns what a page gets. */
async function printed(act: (write: Write) => unknown): Promise<readonly string[]> {
  class Picture {
    request_draw(): void {}
  }
  const prototype = {
    async handleExecuteImpl(request: { code: string }, write: Write, ...rest: unknown[]) {
      write("stdout", `${request.code} ${rest.join(" ")}`);
      await act(write);
      return "count";
    },
  };
  installCellErrors({ handler: prototype } as unknown as TslabModule, () => ({ Picture }));
  const texts: string[] = [];
  const write: Write = (name, text) => void texts.push(`${name}: ${text}`);
  await prototype.handleExecuteImpl({ code: "1" }, write, "display", 2).then(
    (result) => texts.push(result),
    (error: unknown) => texts.push(`failed: ${String(error)}`),
  );
  return texts;
}

const COMPILE_ERROR = "1:5 - Property 'save' does not exist on type 'Picture'.\n";

describe("a cell's errors", () => {
  it("are followed by hints if it doesn't compile", async () => {
    expect(
      await printed((write) => {
        write("stderr", COMPILE_ERROR);
        throw new Error("no count");
      }),
    ).toEqual([
      "stdout: 1 display 2",
      `stderr: ${COMPILE_ERROR}`,
      "stderr: help: there is no save; write await w.save_picture(path)\n",
      "failed: Error: no count",
    ]);
  });

  it("are followed by nothing else", async () => {
    const ok = await printed((write) => write("stderr", COMPILE_ERROR));
    expect(ok).toEqual(["stdout: 1 display 2", `stderr: ${COMPILE_ERROR}`, "count"]);
    const fails = await printed((write) => {
      write("stdout", COMPILE_ERROR);
      write("stderr", "Property 'save' does not exist on type 'Picture'.");
      throw new Error("no count");
    });
    expect(fails.filter((text) => text.includes("help"))).toEqual([]);
  });

  it("are left to a tslab that is unknown", () => {
    expect(() => {
      installCellErrors({ handler: undefined } as unknown as TslabModule, () => ({}));
    }).not.toThrow();
  });
});

describe("the excerpt before an error", () => {
  const error = "RangeError: quality: expected an integer\n    at set (/lib/widgets/x.js:1:2)\n";
  const excerpt = (path: string): string =>
    `${path}:150\n    throw typeOf(value) === check.type ? 1 : 2;\n    ^\n\n`;

  it("goes if it is of this package's source", () => {
    expect(withoutExcerpt(excerpt("/lib/protocol/checks.js") + error, "/lib/")).toBe(error);
    expect(withoutExcerpt(excerpt("C:\\lib\\checks.js") + error, "C:\\lib\\")).toBe(error);
  });

  it("stays if it is of the user's", () => {
    for (const text of [
      excerpt("evalmachine.<anonymous>") + error,
      excerpt("/lib/checks.js") + "not it",
      error,
      "",
    ]) {
      expect(withoutExcerpt(text, "/lib/")).toBe(text);
    }
    const other = excerpt("/other/checks.js") + error;
    expect(withoutExcerpt(other, "/lib/")).toBe(other);
  });
});
