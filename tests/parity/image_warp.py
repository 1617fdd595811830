"""The augmentation's warp, by torch's grid_sample and the colour formulas of skiptuning.h in double precision.

    python tests/parity/image_warp.py      (torch 2.10)

Writes warp.csv, a line a picture: its seed, size, side, map, brightness, contrast, saturation, greyscale, background;
and warp.bin, the values 0..255 of each in turn, [3, side, side] fp32 little endian.
"""

import math

import numpy
import torch
from image_resize import OUTPUT, noise

GREY = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)


def sample(pixels, side, affine, background):
    source = torch.from_numpy(pixels).permute(2, 0, 1).to(torch.float64)
    outside = torch.tensor(background, dtype=torch.float64).view(3, 1, 1)
    centres = torch.arange(side, dtype=torch.float64) + 0.5
    y, x = torch.meshgrid(centres, centres, indexing="ij")
    u = affine[0] * x + affine[1] * y + affine[2]
    v = affine[3] * x + affine[4] * y + affine[5]
    height, width = pixels.shape[:2]
    grid = torch.stack([2 * u / width - 1, 2 * v / height - 1], dim=-1)
    # Zero outside of the difference is background outside of the picture.
    difference = torch.nn.functional.grid_sample((source - outside)[None], grid[None], "bilinear", "zeros", False)
    return difference[0] + outside


def recolour(values, brightness, contrast, saturation, greyscale):
    def grey(picture):
        return (picture * GREY.view(3, 1, 1)).sum(0)

    values = (brightness * values).clamp(0, 255)
    values = (contrast * values + (1 - contrast) * grey(values).mean()).clamp(0, 255)
    saturation = 0 if greyscale else saturation
    return (saturation * values + (1 - saturation) * grey(values)).clamp(0, 255)


def rotation(angle, scale, width, height, side):
    """about the centre of both pictures"""
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    half = side / 2
    return [cos, -sin, width / 2 - cos * half + sin * half, sin, cos, height / 2 - sin * half - cos * half]


if __name__ == "__main__":
    white, blue = (255, 255, 255), (10, 20, 200)
    cases = [
        (8, 8, 8, [1, 0, 0, 0, 1, 0], 1, 1, 1, 0, white),
        (8, 8, 8, [-1, 0, 8, 0, 1, 0], 1, 1, 1, 0, white),
        (8, 6, 10, [1, 0, 0.25, 0, 1, -1.5], 1, 1, 1, 0, blue),
        (12, 9, 10, rotation(0.1, 1.1, 12, 9, 10), 1, 1, 1, 0, white),
        (12, 9, 10, rotation(2.5, 0.5, 12, 9, 10), 1.3, 1, 1, 0, blue),
        (12, 12, 8, rotation(-0.4, 2.0, 12, 12, 8), 0.8, 1.4, 1, 0, white),
        (12, 12, 8, rotation(0.0, 1.5, 12, 12, 8), 1, 0.5, 1.7, 0, white),
        (12, 12, 8, rotation(0.3, 1.5, 12, 12, 8), 1.1, 0.7, 0.2, 1, blue),
        (1, 1, 4, rotation(0.3, 0.5, 1, 1, 4), 1, 1, 1, 0, blue),
        (5, 5, 4, [1, 0, 1e9, 0, 1, -1e9], 1, 1, 1, 0, blue),
        (5, 5, 4, [1, 0, 0, 0, 1, 0], 0, 1, 1, 0, blue),
    ]
    lines, values = [], b""
    for seed, (width, height, side, affine, brightness, contrast, saturation, greyscale, background) in enumerate(cases):
        affine = [float(numpy.float32(number)) for number in affine]
        factors = [float(numpy.float32(number)) for number in (brightness, contrast, saturation)]
        picture = sample(noise("grey", seed, width, height), side, affine, background)
        values += recolour(picture, *factors, greyscale).to(torch.float32).numpy().tobytes()
        numbers = [seed, width, height, side, *affine, *factors, greyscale, *background]
        lines.append(",".join(map(str, numbers)) + "\n")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "warp.csv").write_text("".join(lines))
    (OUTPUT / "warp.bin").write_bytes(values)
