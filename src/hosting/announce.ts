import { hubOrigins } from "./hubOrigins";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Prints the address of a page, for a person at a terminal or in front of a cell. On a JupyterHub
 * that person's browser is elsewhere.
 */
export function announce(url: string, env: Environment = process.env): void {
  const prefix = env["JUPYTERHUB_SERVICE_PREFIX"];
  if (prefix === undefined) {
    console.log(`Open ${url} in a browser`);
    return;
  }
  const [origin] = hubOrigins(env);
  const place = `${origin ?? ""}${pathOnHub(url, prefix)}`;
  const where = origin === undefined ? `${place} on your hub` : place;
  console.log(`Open ${where} in a browser (with jupyter-server-proxy), or ${url} on this machine`);
}

/** The path at which jupyter-server-proxy serves an address of this machine. */
function pathOnHub(url: string, prefix: string): string {
  const { port, pathname } = new URL(url);
  // A server with `path_prefix` is reached by its whole path.
  return pathname.startsWith(prefix) ? pathname : `${prefix}proxy/${port}${pathname}`;
}
