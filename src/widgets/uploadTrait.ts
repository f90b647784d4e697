import * as checks from "../protocol/checks";
import { trait, bytes, list, type Trait } from "./traits";

/** A file that a person chose in the page. */
export interface UploadedFile {
  /** Its name, without a folder. */
  readonly name: string;
  /** Its media type as far as the browser knows it, such as "text/csv"; or "". */
  readonly type: string;
  /** Its length in bytes. */
  readonly size: number;
  /** Its bytes. */
  readonly content: Uint8Array;
  /** When the file was last changed. */
  readonly last_modified: Date;
}

const TEXT = checks.string();
const SIZE = checks.integer(0);
/** The moments that a Date can be, in milliseconds. */
const MOMENT = checks.number(-8.64e15, 8.64e15);
const CONTENT = bytes();

function checkFile(value: unknown, name: string): UploadedFile {
  const file = checks.checkValue(name, value, checks.object);
  const { last_modified: modified } = file;
  if (!(modified instanceof Date)) {
    throw new TypeError(checks.mismatch(`${name}.last_modified`, { expected: "a Date" }, modified));
  }
  return Object.freeze({
    name: checks.checkValue(`${name}.name`, file["name"], TEXT),
    type: checks.checkValue(`${name}.type`, file["type"], TEXT),
    size: checks.checkValue(`${name}.size`, file["size"], SIZE),
    content: CONTENT.check(file["content"], `${name}.content`),
    last_modified: new Date(modified),
  });
}

const FILES = list(trait<UploadedFile>(() => checkFile(undefined, "file"), checkFile));

/**
 * Files that a person chose. On the wire `last_modified` is a number of milliseconds. They aren't
 * echoed, since they may be large.
 */
export function uploadedFiles(): Trait<readonly UploadedFile[]> {
  return {
    ...FILES,
    echo: false,
    fromJson: (value, name) => {
      if (!Array.isArray(value)) return value;
      return (value as readonly unknown[]).map((item, index) => {
        const where = `${name}[${index}]`;
        const file = checks.checkValue(where, item, checks.object);
        const modified = file["last_modified"];
        return {
          ...file,
          last_modified: new Date(checks.checkValue(`${where}.last_modified`, modified, MOMENT)),
        };
      });
    },
    toJson: (files) =>
      files.map((file) => ({ ...file, last_modified: file.last_modified.getTime() })),
  };
}
