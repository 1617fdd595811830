"""Goldens of CPython's random.sample and of Dassl's few-shot subsets.

    python tests/parity/data_sampling.py

Only the standard library is used; the draws are the same in every CPython since 3.2.
"""

import json
import random
import zlib
from collections import defaultdict
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "src/test/resources/golden/data"
SEEDS = [0, 1, 2, 3, 42, 1337, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40 + 7, 2**63 - 1, -1, -5, -(2**63)]


def bits():
    """seed, bits, value...: the first draws of a generator."""
    lines = []
    for seed in SEEDS:
        for width in (1, 5, 17, 32):
            random.seed(seed)
            lines.append([seed, width] + [random.getrandbits(width) for _ in range(4)])
    random.seed(7)
    for _ in range(1999):
        random.getrandbits(32)
    lines.append([7, -2000, random.getrandbits(32)])  # beyond two refills of the state
    return lines


def samples():
    """seed, n, k, crc32 of two comma-joined samples from one stream."""
    chooser = random.Random(20261124)
    lines = []
    for case in range(2500):
        seed = chooser.choice(SEEDS) if case % 4 == 0 else chooser.randrange(1, 10**6)
        n = chooser.choice([chooser.randrange(1, 40), chooser.randrange(1, 400), chooser.randrange(1, 6000)])
        k = min(n, chooser.choice([0, 1, 2, 4, 5, 6, 8, 16, 21, 22, 64, 85, 341, n]))
        random.seed(seed)
        drawn = random.sample(range(n), k) + random.sample(range(n), k)
        lines.append([seed, n, k, zlib.crc32(",".join(map(str, drawn)).encode())])
    return lines


def generate_fewshot_dataset(data_source, num_shots):
    """Dassl's rule: dassl/data/datasets/base_dataset.py, with repeat=False."""
    tracker = defaultdict(list)
    for item in data_source:
        tracker[item[1]].append(item)
    dataset = []
    for label, items in tracker.items():
        dataset.extend(random.sample(items, num_shots) if len(items) >= num_shots else items)
    return dataset


def subsets():
    """Labels of the training and validation pictures, and the indices that are drawn."""
    chooser = random.Random(11)
    cases = []
    for seed in (1, 2, 3, 1000003):
        for shots in (1, 2, 4, 8, 16):
            classes = chooser.randrange(2, 7)
            train = [chooser.randrange(classes) for _ in range(chooser.randrange(classes, 140))]
            validation = [chooser.randrange(classes) for _ in range(chooser.randrange(0, 40))]
            random.seed(seed)
            drawn = generate_fewshot_dataset(list(enumerate(train)), shots)
            drawn_validation = generate_fewshot_dataset(list(enumerate(validation)), min(shots, 4))
            cases.append({
                "seed": seed, "shots": shots, "classes": classes, "train": train, "validation": validation,
                "drawn": [i for i, _ in drawn], "drawn_validation": [i for i, _ in drawn_validation],
            })
    return cases


if __name__ == "__main__":
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name, rows in (("bits", bits()), ("samples", samples())):
        text = "".join(",".join(map(str, row)) + "\n" for row in rows)
        (OUTPUT / f"{name}.csv").write_text(text)
    lines = "".join(json.dumps(case, separators=(",", ":")) + "\n" for case in subsets())
    (OUTPUT / "subsets.jsonl").write_text(lines)
