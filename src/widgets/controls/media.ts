/** Pictures, films and sounds, which come from bytes, a file or a URL. */
import * as checks from "../../protocol/checks";
import { isBinary, isRecord, toBytes } from "../bufferPaths";
import * as generated from "../generated/coreWidgets";
import { formatOfBytes, formatOfName, type MediaKind } from "../mediaFormats";
import { widgetRuntime } from "../runtime";
import type { Widget } from "../widget";
import type { WidgetClass } from "../widgetClass";

declare const TextEncoder: new () => { encode(text: string): Uint8Array };

interface MediaTraits {
  format: string;
  value: Uint8Array;
}

/** What pictures, films and sounds have in common. */
export interface MediaMethods {
  /**
   * Reads a file into `value`, and sets `format` if the file's name or bytes tell it.
   *
   * @param path - Relative to the kernel's folder, or absolute.
   * @throws Error when the file can't be read
   */
  set_value_from_file(path: string): void;
}

/**
 * A class of pictures, films or sounds. Without the option `format`, the format is that of the
 * bytes in `value`, if they are in one that is known.
 */
export interface MediaClass<W, Options> {
  new (options?: Options): W & MediaMethods;
  /**
   * Creates a widget from a file. The format is that of the file's name, or of its bytes.
   *
   * @param path - Relative to the kernel's folder, or absolute.
   * @throws Error when the file can't be read
   */
  from_file<M>(
    this: new (options?: Options) => M,
    path: string,
    options?: Omit<Options, "value">,
  ): M;
  /** Creates a widget for something that the browser loads. */
  from_url<M>(
    this: new (options?: Options) => M,
    url: string,
    options?: Omit<Options, "value" | "format">,
  ): M;
}

const PATH = checks.string(1);

function media<W extends Widget & MediaTraits, Options extends object>(
  kind: MediaKind,
  base: WidgetClass<W, Options>,
): MediaClass<W, Options> {
  const Base = base as unknown as WidgetClass<Widget & MediaTraits, object>;
  const Media = class extends Base implements MediaMethods {
    constructor(options?: object) {
      super(withFormat(kind, options));
    }

    static from_file(path: string, options: object = {}): unknown {
      const file = readFile(kind, path);
      return new this({ ...file, ...options });
    }

    static from_url(url: string, options: object = {}): unknown {
      const value = new TextEncoder().encode(checks.checkValue("url", url, PATH));
      return new this({ ...options, value, format: "url" });
    }

    set_value_from_file(path: string): void {
      const { value, format } = readFile(kind, path);
      this.hold_sync(() => {
        if (format !== undefined) this.format = format;
        this.value = value;
      });
    }
  };
  // TypeScript can't express that the static methods return the class that they are called on.
  return Media as unknown as MediaClass<W, Options>;
}

function withFormat(kind: MediaKind, options: object | undefined): object | undefined {
  if (!isRecord(options)) return options;
  const { value, format } = options;
  if (!isBinary(value) || format !== undefined) return options;
  return { ...options, format: formatOfBytes(kind, toBytes(value)) };
}

function readFile(
  kind: MediaKind,
  path: string,
): { value: Uint8Array; format: string | undefined } {
  const value = widgetRuntime().readFile(checks.checkValue("path", path, PATH));
  return { value, format: formatOfName(kind, path) ?? formatOfBytes(kind, value) };
}

/** A picture. */
export class Image extends media("image", generated.Image) {}
/** A film. */
export class Video extends media("video", generated.Video) {}
/** A sound. */
export class Audio extends media("audio", generated.Audio) {}
