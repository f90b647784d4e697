/**
 * The origin of a user's pages on a JupyterHub, as the hub told the server that it started. Kernels
 * inherit that server's environment.
 */

/**
 * The origins that `origins` has by default. Only what the environment says counts: a header such
 * as X-Forwarded-Host comes from whoever connects.
 *
 * `JUPYTERHUB_PUBLIC_URL` is the server's public address, from JupyterHub 5 on, and empty unless
 * the hub's `public_url` is set or each user has a domain. Earlier hubs have such a domain only in
 * the OAuth callback address, which is otherwise just a path. The hub's own pages need no access.
 *
 * @see jupyterhub/spawner.py, Spawner.get_env()
 */
export function hubOrigins(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  for (const name of ["JUPYTERHUB_PUBLIC_URL", "JUPYTERHUB_OAUTH_CALLBACK_URL"]) {
    const origin = webOrigin(env[name] ?? "");
    if (origin !== undefined) return [origin];
  }
  return [];
}

function webOrigin(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, origin } = new URL(address);
  return protocol === "https:" || protocol === "http:" ? origin : undefined;
}
