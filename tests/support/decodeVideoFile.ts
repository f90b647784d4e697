/** Reads a video file by FFmpeg's own demuxers and decoders. */
import { toPicture, type DecodedPicture } from "./decodeVideo";

/** A decoded picture of a file. */
export interface FilePicture extends DecodedPicture {
  /** When it is to be shown, in seconds. */
  readonly time: number;
}

/** What a video file holds. */
export interface DecodedFile {
  /** FFmpeg's name of the codec. */
  readonly codec: string;
  /** What the container says. */
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  readonly pictures: readonly FilePicture[];
}

/** Decodes all of a file. */
export async function decodeVideoFile(path: string): Promise<DecodedFile> {
  const { Codec, CodecContext, FFmpegError, FormatContext, Frame, Packet } =
    await import("node-av/lib");
  const constants = await import("node-av/constants");
  const format = new FormatContext();
  FFmpegError.throwIfError(await format.openInput(path, null, null), `opening ${path}`);
  FFmpegError.throwIfError(await format.findStreamInfo(null), "reading the streams");
  const [stream, ...others] = format.streams ?? [];
  if (stream === undefined || others.length > 0) throw new Error(`${path} has not one stream`);
  const decoder = Codec.findDecoder(stream.codecpar.codecId);
  if (!decoder) throw new Error("no decoder");
  const context = new CodecContext();
  context.allocContext3(decoder);
  FFmpegError.throwIfError(stream.codecpar.toContext(context), "describing the stream");
  FFmpegError.throwIfError(await context.open2(decoder, null), "opening the decoder");
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  const { num, den } = stream.timeBase;
  const pictures: FilePicture[] = [];
  try {
    for (let isOver = false; !isOver;) {
      isOver = (await format.readFrame(packet)) < 0;
      await context.sendPacket(isOver ? null : packet);
      packet.unref();
      while ((await context.receiveFrame(frame)) >= 0) {
        pictures.push({ ...toPicture(frame, constants), time: (Number(frame.pts) * num) / den });
        frame.unref();
      }
    }
    return {
      codec: decoder.name ?? "",
      width: stream.codecpar.width,
      height: stream.codecpar.height,
      seconds: Number(format.duration) / 1e6,
      pictures,
    };
  } finally {
    frame.free();
    packet.free();
    context.freeContext();
    await format.closeInput();
  }
}
