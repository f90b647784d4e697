"""Encodes raw RGB files as H.264 with PyAV, as videoEncoders.mjs asks on stdin, one JSON line each; answers with a line."""

import json
import sys
import time
from fractions import Fraction

import av
import numpy as np

pictures = {}


def picture(path, width, height):
    if path not in pictures:
        pictures[path] = np.fromfile(path, np.uint8).reshape(height, width, 3)
    return pictures[path]


def encode(task):
    context = av.CodecContext.create("libx264", "w")
    context.width = task["width"]
    context.height = task["height"]
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, 30)
    context.framerate = Fraction(30, 1)
    context.gop_size = 2**30
    context.max_b_frames = 0
    context.thread_count = task["threads"]
    context.options = task["options"]
    frames = [picture(path, task["width"], task["height"]) for path in task["files"]]
    times, sizes = [], []
    for n in range(task["count"] + 1):
        pixels = frames[n % len(frames)]
        began = time.perf_counter()
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
        frame.pts = n
        chunks = [bytes(packet) for packet in context.encode(frame)]
        times.append((time.perf_counter() - began) * 1000)
        assert len(chunks) == 1, f"expected a chunk for each frame, got {len(chunks)}"
        sizes.append(len(chunks[0]))
    # The first one is a keyframe, and not counted.
    return {"times": times[1:], "bytes": sum(sizes[1:]) / task["count"]}


for line in sys.stdin:
    print(json.dumps(encode(json.loads(line))), flush=True)
