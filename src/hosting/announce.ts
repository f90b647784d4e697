/** Prints the address of a page, for a person at a terminal or in front of a cell. */
export function announce(url: string): void {
  console.log(`Open ${url} in a browser`);
}
