import { closeSync, fstatSync, openSync } from "node:fs";
import { string } from "../protocol/checks";
import { errorMessage } from "../protocol/errors";
import { UsageError } from "./errors";
import { checked, option, type Option } from "./optionTable";

const PATH = checked(string(1));

/** An option with the path of a file that can be read. @param placeholder - stands for it */
export function fileOption(description: string, placeholder = "FILE"): Option<string | undefined> {
  return option(placeholder, description, (text, flag) => checkFile(PATH(text, flag), flag));
}

/** @throws UsageError for a file that can't be read */
function checkFile(path: string, flag: string): string {
  try {
    const file = openSync(path, "r");
    const isFolder = fstatSync(file).isDirectory();
    closeSync(file);
    if (!isFolder) return path;
  } catch (error) {
    throw new UsageError(`${flag}: expected a file to read, got ${errorMessage(error)}`);
  }
  throw new UsageError(`${flag}: expected a file to read, got the folder ${path}`);
}
