"""Encodes raw RGB files with Pillow, as encoders.mjs asks on stdin, one JSON line each; answers with a line."""

import io
import json
import sys
import time

from PIL import Image

pictures = {}


def picture(path, width, height):
    if path not in pictures:
        with open(path, "rb") as file:
            pictures[path] = Image.frombytes("RGB", (width, height), file.read())
    return pictures[path]


for line in sys.stdin:
    task = json.loads(line)
    image = picture(task["file"], task["width"], task["height"])
    times = []
    # The first one is not counted.
    for _ in range(task["count"] + 1):
        out = io.BytesIO()
        began = time.perf_counter()
        image.save(out, task["format"], **task["options"])
        times.append((time.perf_counter() - began) * 1000)
    print(json.dumps({"times": times[1:], "bytes": len(out.getbuffer())}), flush=True)
