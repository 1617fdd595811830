"""Pillow's crop and antialiased resize over many sizes, and torchvision's normalising.

    python tests/parity/image_resize.py      (Pillow 13.0, torch 2.10)

Writes resize.csv, a line a window: the source's noise and seed, its size, box, resized size, window, side, flip and
filter, then the first 16 hexadecimal digits of SHA-256 over its RGB bytes, and over its normalised fp32 values.
"""

import hashlib
import pathlib
import random

import numpy
import torch
from PIL import Image
from PIL.Image import Resampling, Transpose

OUTPUT = pathlib.Path(__file__).parents[1] / "src/test/resources/golden/image"
FILTERS = {"BICUBIC": Resampling.BICUBIC, "BILINEAR": Resampling.BILINEAR}
MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)


def noise(kind, seed, width, height):
    """grey values anywhere, or only black and white, where the filter overshoots most"""
    index = numpy.arange(width * height * 3, dtype=numpy.uint64)
    values = ((index * 2654435761 + seed * 40503) & 0xFFFFFFFF) >> 24
    if kind == "contrast":
        values = numpy.where(values >= 128, 255, 0)
    return values.astype(numpy.uint8).reshape(height, width, 3)


def window(pixels, box, resized, place, side, flip, resampling):
    left, top, width, height = box
    image = Image.fromarray(pixels, "RGB").crop((left, top, left + width, top + height)).resize(resized, resampling)
    image = image.crop((place[0], place[1], place[0] + side, place[1] + side))
    return image.transpose(Transpose.FLIP_LEFT_RIGHT) if flip else image


def normalised(image):
    values = torch.from_numpy(numpy.array(image)).permute(2, 0, 1).contiguous().to(torch.float32).div(255)
    mean, deviation = torch.tensor(MEAN).view(3, 1, 1), torch.tensor(DEVIATION).view(3, 1, 1)
    return values.sub_(mean).div_(deviation).numpy()


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def cases():
    # width, height, resized width, resized height, side: shrinking, growing, both, neither, single pixels, long strips
    for sizes in [
        (64, 64, 32, 32, 32), (64, 64, 16, 16, 16), (64, 64, 64, 64, 64), (64, 64, 64, 32, 32), (64, 64, 32, 64, 32),
        (61, 67, 24, 26, 24), (67, 61, 26, 24, 24), (300, 200, 96, 64, 64), (200, 300, 64, 96, 64), (5, 7, 32, 45, 32),
        (1, 1, 8, 8, 8), (1, 9, 8, 72, 8), (9, 1, 72, 8, 8), (2, 2, 31, 31, 31), (3, 2, 48, 32, 32),
        (1, 400, 16, 6400, 16), (400, 1, 6400, 16, 16), (1000, 3, 5333, 16, 16), (3, 1000, 16, 5333, 16),
        (513, 511, 7, 7, 7), (1023, 769, 1, 1, 1), (640, 480, 30, 22, 22), (31, 33, 32, 32, 32), (33, 31, 32, 32, 32),
        (17, 255, 254, 3, 3), (255, 17, 3, 254, 3), (100, 100, 99, 101, 99), (100, 100, 101, 99, 99),
    ]:
        width, height, resized_width, resized_height, side = sizes
        places = {(0, 0), ((resized_width - side) // 2, (resized_height - side) // 2),
                  (resized_width - side, resized_height - side)}
        for place in sorted(places):
            yield width, height, (0, 0, width, height), (resized_width, resized_height), place, side
    draw = random.Random(1)
    for _ in range(120):
        width, height = draw.randint(1, 90), draw.randint(1, 90)
        box_width, box_height = draw.randint(1, width), draw.randint(1, height)
        box = (draw.randint(0, width - box_width), draw.randint(0, height - box_height), box_width, box_height)
        side = draw.randint(1, 40)
        resized = (draw.randint(side, side + 30), draw.randint(side, side + 30))
        place = (draw.randint(0, resized[0] - side), draw.randint(0, resized[1] - side))
        yield width, height, box, resized, place, side


if __name__ == "__main__":
    lines = []
    for number, (width, height, box, resized, place, side) in enumerate(cases()):
        kind = ("grey", "contrast")[number % 2]
        pixels = noise(kind, number, width, height)
        for name, resampling in FILTERS.items():
            flip = (number // 2 + len(lines)) % 2
            image = window(pixels, box, resized, place, side, flip, resampling)
            numbers = [number, width, height, *box, *resized, *place, side, flip]
            lines.append([kind, *numbers, name, digest(image.tobytes()), digest(normalised(image).tobytes())])
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "resize.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in lines))
