"""Times how fast pictures go from JPEG files to features, decoding included, beside the best that the image tower's
operations could do at the rate of matrix products that `speed` measures here.

    python3 tests/peers/evaluation.py --precision bf16

Needs Python with Pillow. A ViT-B/16 of random weights and pictures of 500 x 375 pixels are made in a temporary folder and
removed afterwards. `encode` runs over a few and over all of them in turns; the difference leaves out the start.
"""
import argparse
import json
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import start_up

# Of one picture, in thousands of millions: two operations to a multiplication with its addition, as `speed` counts.
TOKENS, WIDTH, MLP, LAYERS, PATCH, EMBEDDING = 197, 768, 3072, 12, 16, 512
WEIGHTS = 4 * WIDTH * WIDTH + 2 * WIDTH * MLP
BLOCK = 2 * TOKENS * WEIGHTS + 4 * TOKENS * TOKENS * WIDTH
ENDS = 2 * (TOKENS - 1) * 3 * PATCH * PATCH * WIDTH + 2 * WIDTH * EMBEDDING
# The last block needs queries and an MLP of the class token alone.
LAST = 2 * TOKENS * 2 * WIDTH * WIDTH + 2 * (WEIGHTS - 2 * WIDTH * WIDTH) + 4 * TOKENS * WIDTH
GIGAFLOPS = {"of the tower as it is published": (LAYERS * BLOCK + ENDS) / 1e9,
             "of what the features need": ((LAYERS - 1) * BLOCK + LAST + ENDS) / 1e9}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--launcher", type=pathlib.Path, default=start_up.ROOT / "skip-tuning")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--threads", default="")
    parser.add_argument("--few", type=int, default=64)
    parser.add_argument("--pictures", type=int, default=320)
    parser.add_argument("--turns", type=int, default=3)
    return parser.parse_args()


def make_pictures(folder, count):
    from PIL import Image

    numbers = random.Random(3)
    folder.mkdir()
    for index in range(count):
        coarse = Image.frombytes("RGB", (25, 19), numbers.randbytes(3 * 25 * 19))
        coarse.resize((500, 375), Image.Resampling.BICUBIC).save(folder / f"{index:05}.jpg", quality=90)
    return sorted(folder.iterdir())


def run(options, *command):
    threads = ["--threads", options.threads] if options.threads else []
    begin = time.perf_counter()
    subprocess.run([str(part) for part in (options.launcher, *command, "--precision", options.precision, *threads, "-q")],
                   check=True)
    return time.perf_counter() - begin


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        start_up.make_model(folder / "model")
        pictures = make_pictures(folder / "pictures", options.pictures)
        encode = lambda count: run(options, "encode", "--model", folder / "model", "--output",
                                   folder / "features.safetensors", "--image", *pictures[:count])
        encode(1)  # builds what is missing, and leaves the files in the system's cache
        rates, products = [], []
        for _ in range(options.turns):
            few, all_of_them = encode(options.few), encode(options.pictures)
            rates.append((options.pictures - options.few) / (all_of_them - few))
            run(options, "speed", "--methods", "skip", "--steps", 1, "--batch-size", 16, "--json", folder / "speed.json")
            products.append(json.loads((folder / "speed.json").read_text())["machine"]["gemm_gflops"])
            print(f"{rates[-1]:.1f} pictures/s; best matrix product {products[-1]:,.0f} GFLOP/s", flush=True)
        rate, product = statistics.median(rates), max(products)
        for what, gigaflops in GIGAFLOPS.items():
            bound = product / gigaflops
            print(f"{options.precision}: median {rate:.1f} pictures/s, {100 * rate / bound:.0f} % of the {bound:.1f} that "
                  f"{gigaflops:.1f} GFLOP a picture, {what}, allow at {product:,.0f} GFLOP/s")


if __name__ == "__main__":
    main()
