/**
 * The token of a viewer. In a file of its own, so that a page's bundle holds none of the parsing.
 */
import { string, type Check } from "./checks";

/** UTF-16 units of a token. A signed one with many claims has some thousands. */
const MAX_TOKEN_LENGTH = 16 * 1024;

/** A token, which no error shows. */
export const TOKEN: Check<string> = { ...string(0, MAX_TOKEN_LENGTH), isSecret: true };
