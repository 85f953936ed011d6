#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

"""Writes small data of each kind that can be learned, the same each time.

usage: made_data.py KIND PATH
"""

import datetime
import gzip
import math
import random
import struct
import sys
import zlib
from pathlib import Path


def table(path: Path) -> None:
    """Numbers, a category, a date, missing values; a number and a class to predict."""
    lines = ["when,size,color,weight,kind,price"]
    for row in range(400):
        size = random.uniform(1, 10)
        color = random.choice(["red", "green", "blue"])
        weight = "" if row % 17 == 0 else f"{random.gauss(50, 5):.3f}"
        price = 10 * size + {"red": 0, "green": 20, "blue": 40}[color] + random.gauss(0, 1)
        kind = "large" if size > 5 else "small"
        lines.append(f"2024-{row % 12 + 1:02}-{row % 28 + 1:02},{size:.3f},{color},{weight},{kind},{price:.2f}")
    path.write_text("\n".join(lines) + "\n")


def text(path: Path) -> None:
    """Sentences that follow a simple rule."""
    animals = ["cat", "dog", "owl", "fox"]
    sentences = [f"the {a} sees the {b}.\n" for a in animals for b in animals if a != b]
    path.write_text("".join(random.choice(sentences) for _ in range(600)))


def series(path: Path) -> None:
    """Two variables with a period of a day, one value an hour."""
    lines = ["time,load,heat"]
    for hour in range(1200):
        load = 100 + 30 * math.sin(2 * math.pi * hour / 24) + random.gauss(0, 2)
        heat = 20 + 5 * math.cos(2 * math.pi * hour / 24) + random.gauss(0, 0.3)
        time = datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=hour)
        lines.append(f"{time:%Y-%m-%d %H:%M},{load:.3f},{heat:.3f}")
    path.write_text("\n".join(lines) + "\n")


def clocks(path: Path) -> None:
    """A variable with a period of a day, with the date and the time in columns of their own, as from a logger."""
    lines = ["Date;Time;load;;"]
    for hour in range(600):
        load = 100 + 30 * math.sin(2 * math.pi * hour / 24) + random.gauss(0, 2)
        time = datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=hour)
        lines.append(f"{time:%d/%m/%Y;%H.%M.%S};" + f"{load:.3f};;".replace(".", ","))
    path.write_text("\n".join(lines + [";;;;"] * 3) + "\n")


def png(width: int, height: int, pixels: bytes) -> bytes:
    """A gray image."""
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    rows = b"".join(b"\0" + pixels[y * width:(y + 1) * width] for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def images(path: Path) -> None:
    """Stripes across and stripes down, of two sizes."""
    for name in ("across", "down"):
        (path / name).mkdir(parents=True)
        for number in range(60):
            side = 24 if number % 2 else 32
            phase = random.randrange(4)
            pixels = bytes(
                min(255, (255 if ((y if name == "across" else x) + phase) // 3 % 2 else 0) // 2
                    + random.randrange(100))
                for y in range(side) for x in range(side))
            (path / name / f"{number:02}.png").write_bytes(png(side, side, pixels))


def idx(shape: list[int], elements: bytes) -> bytes:
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + elements


def digits(path: Path) -> None:
    """Stripes across (0) and stripes down (1) in the files of MNIST."""
    path.mkdir()
    for part, count in (("train", 100), ("t10k", 20)):
        pixels = bytes((255 if ((x if i % 2 else y) + i // 2) // 3 % 2 else 0) // 2 + random.randrange(100)
                       for i in range(count) for y in range(28) for x in range(28))
        (path / f"{part}-images-idx3-ubyte").write_bytes(idx([count, 28, 28], pixels))
        (path / f"{part}-labels-idx1-ubyte.gz").write_bytes(
            gzip.compress(idx([count], bytes(i % 2 for i in range(count)))))


if __name__ == "__main__":
    random.seed(7)
    {"table": table, "text": text, "series": series, "clocks": clocks, "images": images, "digits": digits}[sys.argv[1]](Path(sys.argv[2]))
