"""Encodes raw RGB files as JPEG the way jupyter_rfb does: encode.py WIDTH HEIGHT FILE.rgb..., each next to its file."""

import sys

import numpy as np
import simplejpeg

width, height = int(sys.argv[1]), int(sys.argv[2])
for file in sys.argv[3:]:
    pixels = np.fromfile(file, np.uint8).reshape(height, width, 3)
    jpeg = simplejpeg.encode_jpeg(pixels, quality=80, colorsubsampling="444", fastdct=True)
    with open(file.removesuffix(".rgb") + ".jpg", "wb") as out:
        out.write(jpeg)
