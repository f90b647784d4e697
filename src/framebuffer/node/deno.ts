/** Whether this is Deno, which runs most of what is written for Node. */
export function isDeno(versions: Readonly<Record<string, unknown>> = process.versions): boolean {
  return versions["deno"] !== undefined;
}
