"""Publishes numbered pictures by pdum.rfb's server: JSON lines on stdin, answers on stdout. See ours.mjs and probe.mjs."""

import asyncio
import importlib.metadata
import importlib.resources
import json
import sys
import time

import numpy as np
import pdum.rfb as rfb


class Publisher:
    display = None
    task = None
    published = []
    pictures = []

    async def about(self, _):
        widget = importlib.resources.files("pdum.rfb") / "static" / "widget.js"
        return {
            "version": importlib.metadata.version("habemus-papadum-rfb"),
            "python": ".".join(map(str, sys.version_info[:3])),
            "widget": widget.read_text(),
        }

    async def serve(self, task):
        shape = (task["height"], task["width"], 3)
        self.pictures = [np.fromfile(file, np.uint8).reshape(shape) for file in task["files"]]
        self.display = await rfb.serve(
            task["width"],
            task["height"],
            port=0,
            fps=task["fps"],
            has_h264=None if task["video"] else False,
            own_frames=True,
        )
        return {"url": f"ws://127.0.0.1:{self.display.port}/"}

    async def publish(self, task):
        self.published = []
        self.task = asyncio.create_task(self.loop(task["fps"]))
        return {}

    async def loop(self, fps):
        began = time.perf_counter()
        while True:
            n = len(self.published)
            picture = self.pictures[n % len(self.pictures)]
            self.published.append(time.time() * 1000)
            self.display.publish(picture, pixel_ratio=1 + n / 10_000)
            await asyncio.sleep(max(0, began + (n + 1) / fps - time.perf_counter()))

    async def stop(self, _):
        self.task.cancel()
        return {"published": self.published}

    async def end(self, _):
        await self.display.aclose()
        return {}


async def main():
    publisher = Publisher()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = json.loads(line)
        print(json.dumps(await getattr(publisher, task["task"])(task)), flush=True)


asyncio.run(main())
