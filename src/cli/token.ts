import { readFileSync } from "node:fs";
import { string } from "../protocol/checks";
import { errorMessage } from "../protocol/errors";
import { UsageError } from "./errors";
import { checked } from "./optionTable";

/** The environment variable that holds the token. */
export const TOKEN_VARIABLE = "RFB_TOKEN";

const TOKEN = checked({ ...string(1), isSecret: true });

/**
 * The secret that viewers need: from the command line, where everybody on the machine can read it,
 * from a file, or from the environment.
 *
 * @param token - the value of --token
 * @param file - the value of --token-file. A line break at the end isn't part of the token.
 * @returns undefined where none was given
 * @throws UsageError when it was given twice, is empty, or the file cannot be read. An empty token
 * never counts as none: everybody could watch.
 */
export function readToken(
  token: string | undefined,
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (token !== undefined && file !== undefined) {
    throw new UsageError("--token-file: expected no --token with it, got both");
  }
  if (token !== undefined) return token;
  if (file !== undefined) return TOKEN(readText(file).replace(/\r?\n$/, ""), "--token-file");
  const variable = env[TOKEN_VARIABLE];
  return variable === undefined ? undefined : TOKEN(variable, TOKEN_VARIABLE);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(
      `--token-file: expected a file with the token, got ${errorMessage(error)}`,
    );
  }
}
