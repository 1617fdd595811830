"""Goldens of torchvision's geometry: Resize, CenterCrop and RandomResizedCrop.

    python tests/parity/data_transforms.py      (torchvision)

RandomResizedCrop gets its draws from an independent Philox4x32-10 keyed as CounterRandom keys it.
"""

import math
from pathlib import Path
from unittest import mock

import torch
from torchvision import transforms
from torchvision.transforms.functional import _compute_resized_output_size

OUTPUT = Path(__file__).parents[1] / "src/test/resources/golden/data"
MASK = 0xFFFFFFFF
CROP_AND_FLIP = 3


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


class CounterRandom:
    def __init__(self, seed, purpose, epoch, index):
        seed &= 2**64 - 1
        self.key, self.counter, self.words = (seed & MASK, seed >> 32), [0, index, epoch, purpose], []

    def word(self):
        if not self.words:
            self.words = philox(self.counter, self.key)
            self.counter[0] += 1
        return self.words.pop(0)

    def double(self):
        return (((self.word() >> 6) << 27) | (self.word() >> 5)) * 2.0**-53

    def below(self, bound):
        product = self.word() * bound
        while (product & MASK) < 2**32 % bound:
            product = self.word() * bound
        return product >> 32


class Drawn:
    def __init__(self, draws):
        self.draws = draws

    def uniform_(self, low, high):
        return torch.tensor(float(low) + (float(high) - float(low)) * self.draws.double(), dtype=torch.float64)


def random_crop(width, height, seed, epoch, index):
    """left, top, width, height, flip"""
    draws = CounterRandom(seed, CROP_AND_FLIP, epoch, index)
    picture = torch.empty(3, height, width)
    randint = lambda low, high, size: torch.tensor([draws.below(high)])
    with mock.patch.object(torch, "empty", lambda n: Drawn(draws)), mock.patch.object(torch, "randint", randint):
        top, left, h, w = transforms.RandomResizedCrop.get_params(picture, (0.08, 1.0), (3 / 4, 4 / 3))
    return left, top, w, h, int(draws.double() < 0.5)


def sizes():
    """width, height, size, resized width, resized height, left, top"""
    generator = torch.Generator().manual_seed(5)
    rows = []
    for case in range(600):
        width, height = (int(v) for v in torch.randint(1, 1200 if case % 3 else 90, (2,), generator=generator))
        size = (224, 336, 64, 32)[case % 4]
        new_height, new_width = _compute_resized_output_size((height, width), [size])
        left, top = int(round((new_width - size) / 2.0)), int(round((new_height - size) / 2.0))
        rows.append((width, height, size, new_width, new_height, left, top))
    return rows


def crops():
    generator = torch.Generator().manual_seed(6)
    rows = []
    for case in range(600):
        width, height = (int(v) for v in torch.randint(1, 900 if case % 3 else 12, (2,), generator=generator))
        if case % 10 == 0:
            height = width * 9  # ten tries often fail here, which leaves the central crop
        if case % 10 == 5:
            width = height * 9
        seed = (1, 2, 3, 2**40 + 5, -7)[case % 5]
        rows.append((width, height, seed, case % 7, case) + random_crop(width, height, seed, case % 7, case))
    return rows


if __name__ == "__main__":
    for name, rows in (("sizes", sizes()), ("crops", crops())):
        (OUTPUT / f"{name}.csv").write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
