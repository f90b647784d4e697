/** URLs in messages and logs. */

/** A URL without its user name, password, query and fragment, any of which may hold a secret. */
export function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, "//").replace(/[?#].*$/s, "");
}
