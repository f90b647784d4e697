/**
 * Runs in the page before its own scripts: has a program run at the start of each worker. Everything it needs is inside, since its text
 * is sent to the browser.
 */
export function installInWorkers() {
  // The clients' own URLs are asked for once more, by the programs around theirs.
  URL.revokeObjectURL = () => undefined;
  const blobUrl = (/** @type {string} */ program) =>
    URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  /** @type {any} */ (window).benchInWorkers = (/** @type {string} */ prefix) => {
    window.Worker = class extends Worker {
      /** @param {string | URL} url
       * @param {WorkerOptions} [options] */
      constructor(url, options) {
        const own = JSON.stringify(String(url));
        const program =
          options?.type === "module"
            ? `import ${JSON.stringify(blobUrl(prefix))}; import ${own};`
            : `${prefix}importScripts(${own});`;
        super(blobUrl(program), options);
      }
    };
  };
}

/** One script of several functions: the order in which a page runs several scripts is not defined.
 * @param {readonly (() => void)[]} functions
 * @returns {{ content: string }} */
export function scriptOf(functions) {
  return { content: functions.map((one) => `(${one.toString()})();`).join("\n") };
}
