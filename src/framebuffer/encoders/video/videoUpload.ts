import type { NodeAv } from "./videoModule";

type AvFrame = InstanceType<NodeAv["lib"]["Frame"]>;
type AvCodecContext = InstanceType<NodeAv["lib"]["CodecContext"]>;

/** Pictures in the device's memory: one being written and one that the encoder reads. */
const POOL_SIZE = 2;

/** Copies pictures into the memory of a VA-API device, which encodes no others. */
export class VaapiUpload {
  readonly #av: NodeAv;
  readonly #device: InstanceType<NodeAv["lib"]["HardwareDeviceContext"]>;
  readonly #frames: InstanceType<NodeAv["lib"]["HardwareFramesContext"]>;
  readonly #picture: AvFrame;

  /**
   * Opens the first device and attaches it to an encoder that isn't open yet.
   *
   * @throws Error when there is no device
   */
  constructor(av: NodeAv, context: AvCodecContext) {
    const { lib, constants } = av;
    this.#av = av;
    this.#device = new lib.HardwareDeviceContext();
    this.#frames = new lib.HardwareFramesContext();
    this.#picture = new lib.Frame();
    try {
      this.#picture.alloc();
      lib.FFmpegError.throwIfError(
        this.#device.create(constants.AV_HWDEVICE_TYPE_VAAPI),
        "opening a VA-API device (/dev/dri/renderD128, say)",
      );
      this.#frames.alloc(this.#device);
      this.#frames.format = constants.AV_PIX_FMT_VAAPI;
      this.#frames.swFormat = constants.AV_PIX_FMT_NV12;
      this.#frames.width = context.width;
      this.#frames.height = context.height;
      this.#frames.initialPoolSize = POOL_SIZE;
      lib.FFmpegError.throwIfError(this.#frames.init(), "allocating pictures of a VA-API device");
    } catch (error) {
      this.dispose();
      throw error;
    }
    context.pixelFormat = constants.AV_PIX_FMT_VAAPI;
    context.hwFramesCtx = this.#frames;
  }

  /** @returns the picture on the device; the next call overwrites it */
  async upload(picture: AvFrame): Promise<AvFrame> {
    const { lib } = this.#av;
    const uploaded = this.#picture;
    // The picture before goes back to the pool.
    uploaded.unref();
    lib.FFmpegError.throwIfError(
      this.#frames.getBuffer(uploaded, 0),
      "allocating a picture of a VA-API device",
    );
    lib.FFmpegError.throwIfError(
      await picture.hwframeTransferData(uploaded),
      "taking a picture to a VA-API device",
    );
    lib.FFmpegError.throwIfError(uploaded.copyProps(picture), "describing a picture");
    return uploaded;
  }

  dispose(): void {
    this.#picture.free();
    this.#frames.free();
    this.#device.free();
  }
}
