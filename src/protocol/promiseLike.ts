/**
 * Whether a value is a Promise or similar. A user's method may return one even if its type says
 * otherwise.
 */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
