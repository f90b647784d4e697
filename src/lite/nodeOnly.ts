/**
 * Functions of the package's entries for Node, which code that was written for Node imports. The
 * kernel's import gives undefined for a name that a module doesn't export.
 */

/** Needs Node: a browser can't serve. @throws Error always */
export function serve(..._args: readonly unknown[]): never {
  return noServer("serve");
}

/** Needs Node: a browser can't serve. @throws Error always */
export function serve_server(..._args: readonly unknown[]): never {
  return noServer("serve_server");
}

/** Needs Node: a browser can't serve. @throws Error always */
export function attach(..._args: readonly unknown[]): never {
  return noServer("attach");
}

/** Needs Node: a browser can't publish. @throws Error always */
export function publish_to(..._args: readonly unknown[]): never {
  return noServer("publish_to");
}

/** Needs Node, which loads other packages' modules. @throws Error always */
export function load(..._args: readonly unknown[]): never {
  throw new Error(
    "Cannot load a package: load() needs Node, and JupyterLite has none; import the package from a URL",
  );
}

function noServer(name: string): never {
  throw new Error(
    `Cannot stream a picture: ${name}() needs Node, and JupyterLite has none; show the picture in the notebook, or stream it from Node with jupyter-rfb-ts/server`,
  );
}
