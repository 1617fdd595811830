"""Prepared pictures: torchvision's Resize, CenterCrop and RandomResizedCrop on Pillow pictures, before normalising.

    python tests/parity/data_pixels.py      (Pillow 13.0, torchvision; after data_pictures.py)

Writes pixels.csv, lines of file, transform, seed, epoch, index, side; and pixels.bin.gz, their rows of RGB bytes in turn.
"""

import gzip

from data_pictures import OUTPUT, PICTURES
from data_transforms import random_crop
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional

BICUBIC = InterpolationMode.BICUBIC


def shortest(image, side, *_):
    return transforms.Compose([transforms.Resize(side, BICUBIC), transforms.CenterCrop(side)])(image)


def squash(image, side, *_):
    return transforms.Resize((side, side), BICUBIC)(image)


def crop_flip(image, side, seed, epoch, index):
    left, top, width, height, flip = random_crop(image.width, image.height, seed, epoch, index)
    cut = functional.resized_crop(image, top, left, height, width, [side, side], BICUBIC)
    return functional.hflip(cut) if flip else cut


if __name__ == "__main__":
    lines, pixels = [], b""
    names = ["rgb.png", "420.jpg", "420-odd.jpg", "orientation.tif"]
    for transform in (shortest, squash, crop_flip):
        for index, name in enumerate(names):
            for side in (16, 30):
                image = Image.open(PICTURES / name).convert("RGB")
                lines.append(f"{name},{transform.__name__},7,{side},{index},{side}")
                pixels += transform(image, side, 7, side, index).tobytes()
    (OUTPUT / "pixels.csv").write_text("\n".join(lines) + "\n")
    (OUTPUT / "pixels.bin.gz").write_bytes(gzip.compress(pixels, mtime=0))
