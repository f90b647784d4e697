import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..", "..");

it("the React example's types are right, against the built declarations", () => {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const project = join(ROOT, "examples", "react");
  const compile = () =>
    execFileSync(process.execPath, [compiler, "-p", project], { stdio: "pipe" });
  expect(compile).not.toThrow();
}, 120_000);
