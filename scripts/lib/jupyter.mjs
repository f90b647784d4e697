/** What `npm start` hands to `jupyter lab`. */

/** The arguments of `jupyter lab`: those that were given, and what they leave open.
 * @param {readonly string[]} args what stands after `npm start --`
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {{ readonly examples: string, readonly isRoot: boolean }} place examples: the folder of the examples
 * @returns {string[]} */
export function jupyterArguments(args, env, { examples, isRoot }) {
  const given = [...args];
  const add = (/** @type {string} */ flag) => {
    if (!given.includes(flag)) given.unshift(flag);
  };
  // npm takes `npm start --no-browser` for a setting of its own, and tells its scripts only so.
  if (env["npm_config_browser"] === "" || env["npm_config_browser"] === "false") {
    add("--no-browser");
  }
  // Jupyter's server refuses to start as root without it.
  if (isRoot) add("--allow-root");
  // As the default address, so that the printed address leads to the notebook too.
  if (!given.some((arg) => arg.endsWith(".ipynb"))) {
    given.unshift(
      `--ServerApp.root_dir=${examples}`,
      "--LabApp.default_url=/lab/tree/hello_world.ipynb",
    );
  }
  return given;
}
