"""The measured half in the Python kernel, with jupyter_rfb. ours.cjs is its counterpart and says how it works."""

import asyncio
import gc
import json
import resource
import time
import zlib

import numpy as np
from IPython.display import display
from jupyter_rfb import RemoteFrameBuffer

MARKER = 64
HELD = ["pointer_down", "pointer_up", "key_down", "key_up"]
BOX = 200


class Meter:
    def __init__(self):
        self.sent = {}
        self.acked = 0
        self.last = {}
        self.clear()

    def clear(self):
        self.bytes = 0
        self.frames = 0
        self.draws = 0
        self.round_trips = []


class Measured(RemoteFrameBuffer):
    def __init__(self, **options):
        self.meter = Meter()
        self.pictures = []
        self.next = 0
        self.mode = "cycle"
        self.is_looping = False
        self.markers = 0
        self.held = []
        self.drawn = None
        self.canvas = None
        self.box_at = 0
        super().__init__(**options)
        self.observe(self._measure_receipt, names="_frame_feedback")

    def get_frame(self):
        self.meter.draws += 1
        if self.is_looping:
            self.request_draw()
        if self.mode == "same":
            return self.pictures[0]
        if self.mode == "box":
            return self._move_box()
        picture = self.pictures[self.next % len(self.pictures)]
        self.next += 1
        if self.mode == "marker":
            code = self.markers & 63
            picture[:MARKER, :MARKER] = [
                (code & 3) * 85,
                ((code >> 2) & 3) * 85,
                (code >> 4) * 85,
            ]
        self.drawn = picture
        return picture

    def handle_event(self, event):
        if event["event_type"] in HELD:
            self.held.append(event["event_type"])
        if self.mode != "marker" or event["event_type"] != "pointer_move":
            return
        self.markers += 1
        self.request_draw()

    def _move_box(self):
        picture = self.pictures[0]
        height, width = picture.shape[:2]
        if self.canvas is None:
            self.canvas = picture.copy()

        def place():
            start = self.box_at * 7
            left = start % (width - BOX)
            top = (start >> 1) % (height - BOX)
            return slice(top, top + BOX), slice(left, left + BOX)

        old = place()
        self.canvas[old] = picture[old]
        self.box_at += 1
        self.canvas[place()] = 40 + (self.box_at % 2) * 160
        return self.canvas

    def send(self, content, buffers=None):
        if isinstance(content, dict) and content.get("type") == "framebufferdata":
            size = sum(len(part) for part in buffers or [])
            self.meter.sent[content["index"]] = (content["timestamp"], size)
            self.meter.last = {
                "index": content["index"],
                "lossless": content["mimetype"] == "image/png",
            }
        super().send(content, buffers)

    def _measure_receipt(self, change):
        receipt = change["new"]
        index = receipt.get("index", 0)
        meter = self.meter
        now = time.time()
        for key in [key for key in meter.sent if key <= index]:
            at, size = meter.sent.pop(key)
            meter.frames += 1
            meter.bytes += size
            if key == index:
                meter.round_trips.append((now - at) * 1000)
        meter.acked = index


class Bench:
    def __init__(self, port):
        self.widgets = []
        self.views = 1
        self._task = asyncio.get_running_loop().create_task(self._serve(port))

    async def _serve(self, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b'{"hello": "theirs"}\n')
        self._running = set()
        while line := await reader.readline():
            task = asyncio.ensure_future(self._answer(json.loads(line), writer))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _answer(self, command, writer):
        answer = {"id": command["id"]}
        try:
            result = getattr(self, "do_" + command["op"])(**(command.get("args") or {}))
            if asyncio.iscoroutine(result):
                result = await result
            answer["result"] = result
        except Exception as error:
            answer["error"] = repr(error)
        writer.write(json.dumps(answer).encode() + b"\n")

    def _load(self, files, width, height):
        read = [np.fromfile(file, np.uint8).reshape(height, width, 3) for file in files]
        for widget in self.widgets:
            widget.pictures = read
            widget.canvas = None

    @staticmethod
    def _totals():
        with open("/proc/self/statm") as file:
            pages = int(file.read().split()[1])
        return {
            "cpuMs": time.process_time() * 1000,
            "rss": pages * resource.getpagesize(),
        }

    def do_prepare(self, pictures, width, height, count=1, views=1, traits=None):
        self.do_close()
        self.views = views
        self.widgets = [
            Measured(css_width=f"{width}px", css_height=f"{height}px")
            for _ in range(count)
        ]
        missing = []
        for name, value in (traits or {}).items():
            for widget in self.widgets:
                if widget.has_trait(name):
                    setattr(widget, name, value)
                elif name not in missing:
                    missing.append(name)
        self._load(**pictures)
        return {"missing": missing}

    def do_pictures(self, pictures):
        self._load(**pictures)

    async def do_loop(self, warmup, seconds=None, mode="cycle", frames=None):
        for widget in self.widgets:
            widget.mode = mode
            widget.is_looping = True
            widget.request_draw()
        await asyncio.sleep(warmup)
        for widget in self.widgets:
            widget.meter.clear()
        before = self._totals()
        start = time.perf_counter()
        if frames is None:
            await asyncio.sleep(seconds)
        else:
            while self.widgets[0].meter.frames < frames:
                await asyncio.sleep(0.02)
        elapsed = time.perf_counter() - start
        after = self._totals()
        result = {
            "seconds": elapsed,
            "cpuMs": after["cpuMs"] - before["cpuMs"],
            "widgets": [
                {
                    "frames": widget.meter.frames,
                    "draws": widget.meter.draws,
                    "bytes": widget.meter.bytes,
                    "roundTrips": widget.meter.round_trips,
                }
                for widget in self.widgets
            ],
            "stats": self.widgets[0].get_stats(),
        }
        for widget in self.widgets:
            widget.is_looping = False
        return result

    def do_marker(self, moving):
        for widget in self.widgets:
            widget.mode = "marker"
            widget.is_looping = moving
            widget.request_draw()

    async def do_settle(self, seconds=4):
        for widget in self.widgets:
            widget.is_looping = False
        end = time.perf_counter() + seconds

        def done(meter):
            last = meter.last
            return not last or (last["lossless"] and meter.acked >= last["index"])

        while not all(done(w.meter) for w in self.widgets):
            if time.perf_counter() > end:
                break
            await asyncio.sleep(0.02)

    def do_state(self):
        widget = self.widgets[0]
        return {"quality": None, "scale": None, "held": widget.held}

    def do_drawn(self):
        return {"checksum": zlib.crc32(self.widgets[0].drawn.tobytes())}

    def do_memory(self):
        gc.collect()
        return self._totals()

    def do_close(self):
        for widget in self.widgets:
            widget.close()
        self.widgets = []

    def show(self):
        for widget in self.widgets:
            for _ in range(self.views):
                display(widget)


def start(port):
    return Bench(port)
