/** Gives files to the user. */

/** Milliseconds until a file's memory is released. Browsers read it after the click. */
const KEPT_MS = 40_000;

/** Downloads a file. */
export function saveFile(page: Document, file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = page.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

/**
 * A file's name with the time, which sorts by it and has only characters that every system allows.
 */
export function fileName(title: string, now: Date, extension: string): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(".");
  const usable = title.replace(/[^\p{L}\p{M}\p{N}()+,._-]+/gu, " ").replace(/^[. ]+| $/g, "");
  return `${usable || "Picture"} ${day} ${time}.${extension}`;
}
