/** The kinds of media that a browser shows: the first half of their media types. */
export type MediaKind = "image" | "video" | "audio";

/** The second half of media types by the end of a file's name. */
const FORMATS_BY_NAME: Readonly<Record<MediaKind, Readonly<Record<string, string>>>> = {
  image: {
    apng: "apng",
    avif: "avif",
    bmp: "bmp",
    gif: "gif",
    ico: "x-icon",
    jpe: "jpeg",
    jpeg: "jpeg",
    jpg: "jpeg",
    png: "png",
    svg: "svg+xml",
    tif: "tiff",
    tiff: "tiff",
    webp: "webp",
  },
  video: {
    m4v: "mp4",
    mkv: "x-matroska",
    mov: "quicktime",
    mp4: "mp4",
    mpeg: "mpeg",
    mpg: "mpeg",
    ogg: "ogg",
    ogv: "ogg",
    webm: "webm",
  },
  audio: {
    aac: "aac",
    flac: "flac",
    m4a: "mp4",
    mp3: "mpeg",
    oga: "ogg",
    ogg: "ogg",
    opus: "ogg",
    wav: "wav",
    weba: "webm",
    webm: "webm",
  },
};

/** Formats by what their bytes, read as Latin-1, begin with. The first match counts. */
const FORMATS_BY_START: Readonly<Record<MediaKind, readonly (readonly [RegExp, string])[]>> = {
  image: [
    [/^\x89PNG\r\n/, "png"],
    [/^\xff\xd8\xff/, "jpeg"],
    [/^GIF8[79]a/, "gif"],
    [/^RIFF[^]{4}WEBP/, "webp"],
    [/^[^]{4}ftypavi[fs]/, "avif"],
    [/^BM[^]{4}\0\0\0\0/, "bmp"],
    [/^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^]*|<!--[^]*|<!DOCTYPE svg[^]*)?<svg[\s>]/, "svg+xml"],
  ],
  video: [
    [/^[^]{4}ftypqt/, "quicktime"],
    [/^[^]{4}ftyp/, "mp4"],
    [/^\x1a\x45\xdf\xa3/, "webm"],
    [/^OggS/, "ogg"],
  ],
  audio: [
    [/^ID3/, "mpeg"],
    [/^\xff[\xf0\xf1\xf8\xf9]/, "aac"],
    [/^\xff[\xe2-\xff]/, "mpeg"],
    [/^RIFF[^]{4}WAVE/, "wav"],
    [/^OggS/, "ogg"],
    [/^fLaC/, "flac"],
    [/^[^]{4}ftyp/, "mp4"],
    [/^\x1a\x45\xdf\xa3/, "webm"],
  ],
};

/** How many bytes are looked at. An SVG may begin with comments. */
const START_LENGTH = 1024;

/** Returns a file's format, such as "jpeg" for "cat.JPG"; undefined for an unknown one. */
export function formatOfName(kind: MediaKind, path: string): string | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  const formats = FORMATS_BY_NAME[kind];
  return Object.hasOwn(formats, ending) ? formats[ending] : undefined;
}

/** Returns the format that bytes are in; undefined for an unknown one. */
export function formatOfBytes(kind: MediaKind, bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, START_LENGTH));
  return FORMATS_BY_START[kind].find(([pattern]) => pattern.test(start))?.[1];
}
