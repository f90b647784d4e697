import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const README = join(resolve(import.meta.dirname, "..", ".."), "README.md");

/** The first TypeScript block of README.md: its ten lines. */
export function tenLines(): string {
  const [, block] = /^```ts\n([^]*?)^```$/m.exec(readFileSync(README, "utf8")) ?? [];
  if (block === undefined) throw new Error("README.md: expected a block of TypeScript, found none");
  return block.trimEnd();
}
