"""Times a training step of a few-shot method in plain PyTorch: the other side of `skip-tuning speed`.

    python peers.py --method skip --classes 50 --start-layer 9 --top-ratio 0.05 --steps 20

Prints one JSON object: milliseconds of each step, kept classes, bytes held for the backward, peak memory above the
loaded weights, the loss of the last step.
"""
import argparse
import json
import platform
import threading
import time

import psutil
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
    parser.add_argument("--warm-up", type=int, default=3)
    return parser.parse_args()


class PeakMemory:
    """Of the allocator on a card; else of the resident set, looked at every 2 ms."""

    def __init__(self, device):
        self.device = device
        self.process = psutil.Process()
        self.before = self.now()
        self.peak = self.before
        self.running = device.type == "cpu"
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats()
        else:
            threading.Thread(target=self.watch, daemon=True).start()

    def now(self):
        return torch.cuda.memory_allocated() if self.device.type == "cuda" else self.process.memory_info().rss

    def watch(self):
        while self.running:
            self.peak = max(self.peak, self.now())
            time.sleep(0.002)

    def stop(self):
        self.running = False
        if self.device.type == "cuda":
            self.peak = torch.cuda.max_memory_allocated()
        return self.peak - self.before


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
    model = towers.create(options.arch, device)
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
