/** The part of upng-js that the tests use; the package brings no types. */
declare module "upng-js" {
  interface Image {
    readonly width: number;
    readonly height: number;
  }
  const UPNG: {
    decode(file: ArrayBuffer): Image;
    /** The frames of the picture as RGBA. */
    toRGBA8(image: Image): ArrayBuffer[];
  };
  export = UPNG;
}
