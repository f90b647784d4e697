/** What is said at the end of the tests: what has passed, and what was left out and why. */

/** What a part of the tests didn't test.
 * @typedef {object} LeftOut
 * @property {boolean} isSkipped whether nothing of it ran
 * @property {readonly string[]} reasons */

/** Tests that have passed, as far as they ran.
 * @param {string | undefined} name the part that was asked for; undefined for all parts
 * @param {ReadonlyMap<string, LeftOut>} leftOut by the name of the part
 * @returns {string} */
export function verdict(name, leftOut) {
  const all = [...leftOut].map(([part, { isSkipped, reasons }]) => {
    const how = isSkipped ? "skipped" : "passed, but not all of it ran";
    return `${part}: ${how}: ${reasons.join("; ")}`;
  });
  if (name !== undefined) return all[0] ?? `${name}: passed`;
  if (all.length === 0) return "all tests passed";
  return ["all tests that ran passed, but some didn't run:", ...all].join("\n  ");
}
