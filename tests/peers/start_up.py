"""Times a start: from the command to the loss of the first training step of a ViT-B/16 with 600 MB of fp32 weights, on a few
pictures in two classes, with the files in the system's cache.

    python3 tests/peers/start_up.py --runs 5 --precision bf16

Needs Python alone. Weights and pictures are random, made in a temporary folder and removed afterwards. For each run it
prints the seconds until LibTorch was mapped, until the weights were, until the first step was done and until the process
had ended, the process's own CPU seconds up to the first step, and those of all other processes meanwhile: a run with much
of the latter says little.
"""
import argparse
import array
import json
import os
import pathlib
import random
import struct
import subprocess
import tempfile
import threading
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
STAGES = ("LibTorch", "weights", "step", "end")
WEIGHTS = "open_clip_model.safetensors"
IMAGE, TEXT, LAYERS = 768, 512, 12
CONFIGURATION = {"model_cfg": {
    "embed_dim": TEXT, "quick_gelu": True,
    "vision_cfg": {"image_size": 224, "layers": LAYERS, "width": IMAGE, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": TEXT, "heads": 8, "layers": LAYERS}}}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--launcher", type=pathlib.Path, default=ROOT / "skip-tuning")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--pictures", type=int, default=8)
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


def shapes():
    yield "visual.class_embedding", [IMAGE]
    yield "visual.positional_embedding", [197, IMAGE]
    yield "visual.conv1.weight", [IMAGE, 3, 16, 16]
    yield "visual.proj", [IMAGE, TEXT]
    yield "token_embedding.weight", [49408, TEXT]
    yield "positional_embedding", [77, TEXT]
    yield "text_projection", [TEXT, TEXT]
    yield "logit_scale", []
    norms = [("visual.ln_pre", IMAGE), ("visual.ln_post", IMAGE), ("ln_final", TEXT)]
    for tower, width in (("visual.transformer", IMAGE), ("transformer", TEXT)):
        for layer in range(LAYERS):
            block = f"{tower}.resblocks.{layer}."
            norms += [(block + "ln_1", width), (block + "ln_2", width)]
            for name, outputs, inputs in (("attn.in_proj_", 3 * width, width), ("attn.out_proj.", width, width),
                                          ("mlp.c_fc.", 4 * width, width), ("mlp.c_proj.", width, 4 * width)):
                yield block + name + "weight", [outputs, inputs]
                yield block + name + "bias", [outputs]
    for name, width in norms:
        yield name + ".weight", [width]
        yield name + ".bias", [width]


def make_model(folder):
    numbers = random.Random(1)
    block = array.array("f", (numbers.uniform(-0.035, 0.035) for _ in range(1 << 20))).tobytes()
    header, offset = {}, 0
    for name, shape in shapes():
        size = 4
        for axis in shape:
            size *= axis
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    folder.mkdir()
    with open(folder / WEIGHTS, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, entry in header.items():
            size = entry["data_offsets"][1] - entry["data_offsets"][0]
            if name == "logit_scale":
                file.write(struct.pack("<f", 4.6))
            elif "ln_" in name:
                file.write(struct.pack("<f", name.endswith("weight")) * (size // 4))
            else:
                file.write((block * (size // len(block) + 1))[:size])
    (folder / "open_clip_config.json").write_text(json.dumps(CONFIGURATION))


def make_pictures(folder, count):
    numbers = random.Random(2)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    for index in range(count):
        place = folder / "train" / ("cat", "dog")[index % 2]
        place.mkdir(parents=True, exist_ok=True)
        rows = b"".join(b"\0" + numbers.randbytes(3 * 500) for _ in range(375))
        (place / f"{index}.png").write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 500, 375, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def cpu_of(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_of_all():
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def watch(process, begin, seconds):
    """Notes when a file is first mapped, until the first step is done."""
    marks = {"LibTorch": "libskiptuning.so", "weights": WEIGHTS}
    while "step" not in seconds and len(seconds) < len(marks):
        try:
            mapped = pathlib.Path(f"/proc/{process}/maps").read_text()
        except OSError:
            return
        for stage, file in marks.items():
            if file in mapped:
                seconds.setdefault(stage, time.perf_counter() - begin)
        time.sleep(0.005)


def run(options, folder, number):
    command = [options.launcher, "train", "--data", folder / "data", "--model", folder / "model", "--start-layer", 9,
               "--top-ratio", 1, "--batch-size", 4, "--epochs", 1, "--shots", options.pictures // 2, "--precision",
               options.precision, "--output", folder / f"run-{number}", "--trace", "-", "-q"]
    seconds = {}
    others, begin = cpu_of_all(), time.perf_counter()
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True) as process:
        watcher = threading.Thread(target=watch, args=(process.pid, begin, seconds))
        watcher.start()
        first = process.stdout.readline()
        seconds["step"] = time.perf_counter() - begin
        own = cpu_of(process.pid)
        others = cpu_of_all() - others - own
        process.stdout.read()
        watcher.join()
    seconds["end"] = time.perf_counter() - begin
    if process.returncode != 0 or not first:
        raise SystemExit(f"the training run failed with exit status {process.returncode}")
    return seconds, own, max(0.0, others), json.loads(first)["loss"]


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        make_model(folder / "model")
        make_pictures(folder / "data", options.pictures)
        # Builds what is missing, and leaves the files in the system's cache.
        run(options, folder, "unmeasured")
        print("".join(f"{stage:>10}" for stage in (*STAGES, "own CPU", "others")), "  loss")
        times = []
        for number in range(options.runs):
            seconds, own, others, loss = run(options, folder, number)
            times.append(seconds["step"])
            print("".join(f"{value:10.2f}" for value in (*(seconds[stage] for stage in STAGES), own, others)),
                  f"  {loss:.4f}", flush=True)
        times.sort()
        print(f"to the first step: median {times[len(times) // 2]:.2f} s, least {times[0]:.2f} s")


if __name__ == "__main__":
    main()
