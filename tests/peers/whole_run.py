"""Times a whole fine-tuning run of each side: pictures decoded, augmented, put through the frozen blocks in every epoch,
trained on and evaluated, all inside the clock; the start of each program is not.

    venv/bin/python tests/peers/whole_run.py --output build/whole-run --device cpu

Ours runs `skip-tuning train`; the other side is the public method's structure in plain PyTorch, its frozen blocks in
batches of 128. Pictures and weights are random: what a run costs does not hang on them.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import torch
from torch.utils.data import DataLoader, Dataset

import methods
import towers

HERE = pathlib.Path(__file__).resolve().parent
ARCH = "ViT-B-16-quickgelu"
MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, required=True, help="path of the result, without a suffix")
    parser.add_argument("--launcher", type=pathlib.Path, default=HERE.parent.parent / "skip-tuning")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--classes", type=int, default=50)
    parser.add_argument("--shots", type=int, default=16)
    parser.add_argument("--tests", type=int, default=8, help="pictures a class to evaluate on")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--start-layer", type=int, default=9)
    parser.add_argument("--kept", type=int, default=7)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--views", default="", help="values of --views for ours besides none, separated by commas")
    parser.add_argument("--sides", default="ours,peer")
    parser.add_argument("--folder", type=pathlib.Path, help="keeps pictures and weights there for the next time")
    return parser.parse_args()


def make_pictures(folder, options):
    import numpy
    from PIL import Image

    random = numpy.random.default_rng(1)
    for split, count in (("train", options.shots), ("test", options.tests)):
        for label in range(options.classes):
            place = folder / split / f"thing {label:03}"
            place.mkdir(parents=True, exist_ok=True)
            for index in range(count):
                coarse = Image.fromarray(random.integers(0, 256, (19, 25, 3), dtype=numpy.uint8))
                coarse.resize((500, 375), Image.Resampling.BICUBIC).save(place / f"{index:03}.jpg", quality=90)


def make_model(folder, model):
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    save_file({name: tensor.cpu().contiguous() for name, tensor in model.state_dict().items() if name != "attn_mask"},
              folder / "open_clip_model.safetensors")
    (folder / "open_clip_config.json").write_text(json.dumps({
        "model_cfg": {"embed_dim": 512, "quick_gelu": True,
                      "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 16},
                      "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}},
        "preprocess_cfg": {"mean": MEAN, "std": DEVIATION, "interpolation": "bicubic", "resize_mode": "shortest"}}))


def ours(data, model, options, views, work):
    result = work / f"result-{views or 'none'}.json"
    command = [options.launcher, "train", "--data", data, "--model", model, "--shots", options.shots, "--epochs",
               options.epochs, "--start-layer", options.start_layer, "--top-ratio", options.kept, "--lambda", 0,
               "--batch-size", 4, "--precision", options.precision, "--device", options.device, "--threads", options.threads, "--output",
               work / f"run-{views or 'none'}", "--json", result, "-q", *(["--views", views] if views else [])]
    begin = time.perf_counter()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-3000:]}")
    told = json.loads(result.read_text())
    return {"process_seconds": time.perf_counter() - begin, "train_seconds": told["train_seconds"],
            "cache_seconds": told["cache_seconds"], "steps": told["steps"], "accuracy": told["accuracy"],
            "peak_memory_bytes": told["peak_memory_bytes"]}


class Pictures(Dataset):
    def __init__(self, folder, transform):
        self.files = sorted(folder.glob("*/*.jpg"))
        names = sorted({file.parent.name for file in self.files})
        self.labels = [names.index(file.parent.name) for file in self.files]
        self.transform = transform

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        from PIL import Image

        return self.transform(Image.open(self.files[index]).convert("RGB")), self.labels[index]


def peer(data, model, options):
    from torchvision import transforms

    device = torch.device(options.device)
    bicubic = transforms.InterpolationMode.BICUBIC
    finish = [transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)]
    train = Pictures(data / "train", transforms.Compose([
        transforms.RandomResizedCrop(224, scale=(0.08, 1), interpolation=bicubic), transforms.RandomHorizontalFlip(),
        *finish]))
    test = Pictures(data / "test", transforms.Compose([
        transforms.Resize(224, interpolation=bicubic), transforms.CenterCrop(224), *finish]))
    loader = lambda pictures: DataLoader(pictures, batch_size=128, num_workers=options.workers, pin_memory=device.type == "cuda")
    options.batch_size, options.top_ratio, options.max_classes, options.tail = 4, options.kept, 0, 0.0
    begin = time.perf_counter()
    extraction = 0.0
    step, _, images = methods.skip(model, options, device, whole=len(train))
    for _ in range(options.epochs):
        epoch_begin = time.perf_counter()
        with torch.no_grad(), methods.autocast(device, options.precision):
            row = 0
            for pixels, _ in loader(train):
                images[row:row + len(pixels)] = towers.image_prefix(model, pixels.to(device), options.start_layer)
                row += len(pixels)
        extraction += time.perf_counter() - epoch_begin
        for _ in range(len(train) // options.batch_size):
            step()
    right = 0
    with torch.no_grad(), methods.autocast(device, options.precision):
        tokens = towers.tokens_of(options.classes, device)
        texts = towers.unit(towers.text_head(
            model, towers.text_blocks(model, towers.text_embedding(model, tokens), 0, None), tokens.argmax(1)))
        for pixels, labels in loader(test):
            features = towers.image_suffix(model, towers.image_prefix(model, pixels.to(device), 0), 0)
            right += ((towers.unit(features) @ texts.T).argmax(1).cpu() == labels).sum().item()
    return {"run_seconds": time.perf_counter() - begin, "cache_seconds": extraction,
            "steps": options.epochs * (len(train) // options.batch_size), "accuracy": 100 * right / len(test)}


def markdown(runs):
    """A table of some results of main()."""
    first = runs[0]["options"]
    pictures = int(first["classes"]) * int(first["shots"])
    lines = [f"Whole runs: {pictures} pictures ({first['classes']} classes, {first['shots']} shots), {first['epochs']} epochs,"
             f" K = {first['kept']}, {int(first['classes']) * int(first['tests'])} pictures to evaluate; one run each.", "",
             "| | precision | seconds | of them decoding and frozen blocks | times as fast |", "|---|---|---|---|---|"]
    for run in runs:
        precision = run["options"]["precision"]
        peer = run.get("peer")
        if peer:
            lines.append(f"| plain PyTorch {run['torch']} | {precision} | {peer['run_seconds']:.0f} |"
                         f" {peer['cache_seconds']:.0f} | |")
        for name, mine in run.items():
            if name.startswith("ours"):
                times = f"{peer['run_seconds'] / mine['process_seconds']:.1f}" if peer else ""
                lines.append(f"| {name}, the whole process | {precision} | {mine['process_seconds']:.0f} |"
                             f" {mine['cache_seconds']:.0f} | {times} |")
    return "\n".join(lines) + "\n"


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or pathlib.Path(temporary)
        model = towers.create(ARCH, torch.device("cpu"))
        if not (folder / "pictures").exists():
            make_pictures(folder / "pictures", options)
            make_model(folder / "model", model)
        result = {"options": {key: str(value) for key, value in vars(options).items()}, "torch": torch.__version__}
        sides = options.sides.split(",")
        if "ours" in sides:
            for views in ["", *filter(None, options.views.split(","))]:
                name = f"ours, {views} views" if views else "ours"
                result[name] = ours(folder / "pictures", folder / "model", options, views, pathlib.Path(temporary))
                print(name, result[name], flush=True)
        if "peer" in sides:
            result["peer"] = peer(folder / "pictures", model.to(options.device), options)
            print("peer", result["peer"], flush=True)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
