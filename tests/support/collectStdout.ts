import { vi } from "vitest";

/** Collects what is written to the standard output, until all mocks are restored. */
export function collectStdout(): string[] {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return written;
}
