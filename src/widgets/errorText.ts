import { dirname, join, sep } from "node:path";
import { inspect } from "node:util";
import { ProtocolError } from "../protocol/errors";

/** Stack frames that say nothing about the user's code: Node's own and tslab's. */
const NOT_THE_USERS: readonly RegExp[] = [
  /\(?node:/,
  /[\\/]node_modules[\\/](?:@tslab|tslab)[\\/]/,
];
/** The folders of this library: a user may have one that is named the same. */
const LIBRARY: readonly string[] = ["protocol", "framebuffer", "widgets", "kernel"].map((room) =>
  join(dirname(__dirname), room, sep),
);

function isTheUsers(place: string): boolean {
  return (
    !NOT_THE_USERS.some((pattern) => pattern.test(place)) &&
    !LIBRARY.some((folder) => place.includes(folder))
  );
}

/**
 * What a user needs to see of an error that their code threw: its message, its causes, and the lines of the stack that are theirs.
 * Of a bad message from a view only what was wrong with it, since no code of theirs is at fault.
 */
export function errorText(error: unknown): string {
  if (error instanceof ProtocolError) return error.message;
  if (!(error instanceof Error)) return inspect(error);
  return inspect(error)
    .split("\n")
    .filter((line) => !/^\s+at /.test(line) || isTheUsers(line))
    .join("\n");
}
