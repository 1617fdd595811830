"""Times a training step of a few-shot method in plain PyTorch: the other side of `skip-tuning speed`.

    python peers.py --method skip --classes 50 --start-layer 9 --top-ratio 0.05 --steps 20

Prints one JSON object: milliseconds of each step, kept classes, bytes held for the backward, peak memory above the
loaded weights, the loss of the last step.
"""
import argparse
import json
import pathlib
import platform
import time

import torch

import methods
import towers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", choices=methods.ALL, default="skip")
    parser.add_argument("--arch", default="ViT-B-16-quickgelu")
    parser.add_argument("--classes", type=int, default=50)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--start-layer", type=int, default=9)
    parser.add_argument("--top-ratio", type=float, default=0.05)
    parser.add_argument("--max-classes", type=int, default=0)
    parser.add_argument("--lambda", dest="tail", type=float, default=0.3)
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warm-up", type=int)
    options = parser.parse_args()
    if options.warm_up is None:
        options.warm_up = 2 if options.device == "cpu" else 10  # as many as `skip-tuning speed` makes
    return options


class PeakMemory:
    """Above what is there at its beginning: of the allocator on a card, else of the resident set as Linux tells it."""

    def __init__(self, device):
        self.on_card = device.type == "cuda"
        if self.on_card:
            torch.cuda.reset_peak_memory_stats()
            self.before = torch.cuda.memory_allocated()
        else:
            pathlib.Path("/proc/self/clear_refs").write_text("5")  # resets VmHWM
            self.before = self.figure("VmRSS")

    @staticmethod
    def figure(name):
        for line in pathlib.Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return 1024 * int(line.split()[1])
        raise SystemExit(f"this system does not tell {name}")

    def stop(self):
        return (torch.cuda.max_memory_allocated() if self.on_card else self.figure("VmHWM")) - self.before


def held_bytes(step, weights):
    """Bytes that one step keeps for its backward, weights left out, each storage once."""
    sizes = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        step()
    return sum(sizes.values())


def main():
    options = arguments()
    device = torch.device(options.device)
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = methods.MODELS.get(options.method, towers.create)(options.arch, device)
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    memory = PeakMemory(device)
    step, kept = methods.ALL[options.method](model, options, device)
    for _ in range(options.warm_up):
        step()
    times = []
    for _ in range(options.steps):
        begin = time.perf_counter()
        loss = step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - begin))
    peak = memory.stop()
    print(json.dumps({
        "method": options.method,
        "step_ms": times,
        "kept_classes": kept(),
        "held_bytes": held_bytes(step, weights),
        "peak_memory_bytes": peak,
        "final_loss": loss.item(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "machine": platform.processor() or platform.machine(),
    }))


if __name__ == "__main__":
    main()
