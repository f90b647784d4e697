/**
 * Runs in the page before its own scripts: runs a program in each worker before the worker's own. Everything it needs is inside, since
 * its text is sent to the browser.
 * @param {string} prefix the program
 */
export function prefixWorkers(prefix) {
  /** @type {any} */
  const global = window;
  /** @type {Worker[]} */
  const workers = [];
  global.benchWorkers = workers;
  // The clients' own URLs are asked for once more, by the programs around theirs.
  URL.revokeObjectURL = () => undefined;
  const blobUrl = (/** @type {string} */ program) =>
    URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  global.Worker = class extends Worker {
    /** @param {string | URL} url
     * @param {WorkerOptions} [options] */
    constructor(url, options) {
      const own = JSON.stringify(String(url));
      const program =
        options?.type === "module"
          ? `import ${JSON.stringify(blobUrl(prefix))}; import ${own};`
          : `${prefix}importScripts(${own});`;
      super(blobUrl(program), options);
      workers.push(this);
    }
  };
}

/** A function's text as a program that calls it.
 * @param {() => void} program */
export const asProgram = (program) => `(${program.toString()})();`;
