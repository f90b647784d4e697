import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorMessage } from "../../protocol/errors";

/**
 * Writes a file so that its name never belongs to a half of one: what `write` leaves in a temporary
 * file of the same folder takes the name once it is complete. An existing file is replaced; a link
 * stays, and the file that it names is replaced. If anything fails, nothing is left behind.
 *
 * @param write - writes the temporary file, which exists and is empty
 * @returns what `write` returns
 * @throws Error (as a rejection), before `write` is called, when the file can't be written there
 */
export async function replaceFile<Result>(
  path: string,
  write: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const target = await writableTarget(path);
  const temporary = join(dirname(target), `.${randomUUID()}.part`);
  try {
    await (await open(temporary, "wx")).close();
  } catch (error) {
    throw cannotWrite(path, error);
  }
  try {
    const result = await write(temporary);
    await rename(temporary, target);
    return result;
  } catch (error) {
    // The first error is the one that matters.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The file itself if `path` is a link to one. */
async function writableTarget(path: string): Promise<string> {
  let target: string;
  try {
    target = await realpath(path);
  } catch (error) {
    // There is no such file yet; whether there is its folder is found out when it is opened.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return resolve(path);
    throw cannotWrite(path, error);
  }
  if (!(await stat(target)).isFile()) throw cannotWrite(path, "it exists and is not a file");
  // Otherwise a read-only file would be replaced, since only its folder has to be writable.
  await access(target, constants.W_OK).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  return target;
}

function cannotWrite(path: string, cause: unknown): Error {
  const folder = JSON.stringify(dirname(resolve(path)));
  const known: Readonly<Record<string, string>> = {
    ENOENT: `there is no folder ${folder}; create it first`,
    ENOTDIR: `${folder} is not a folder; choose another place`,
    EACCES: "permission denied; choose a place where you may write",
  };
  const reason = known[(cause as Partial<NodeJS.ErrnoException>).code ?? ""];
  return new Error(`Cannot write ${JSON.stringify(path)}: ${reason ?? errorMessage(cause)}`);
}
