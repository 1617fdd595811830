"""Goldens of splits that are drawn and of few-shot subsets of a split file, as CoOp and Dassl draw them.

    python tests/parity/data_published.py

Only the standard library is used. A picture is named by its class and a number, as `class2/07.jpg`.
"""

import json
import math
import random
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "src/test/resources/golden/data/published"
SEEDS = (1, 2, 3)
SHOTS = (1, 2, 4, 8, 16)


def by_label(items):
    """Classes in the order of their first item."""
    classes = {}
    for item in items:
        classes.setdefault(item[1], []).append(item)
    return classes


def two_parts(items):
    """CoOp's split_trainval: a fifth of each class for validation."""
    train, val = [], []
    for members in by_label(items).values():
        random.shuffle(members)
        validated = round(len(members) * 0.2)
        val += members[:validated]
        train += members[validated:]
    return train, val


def three_parts(items):
    """CoOp's read_and_split_data: half for training, a fifth for validation, the rest for test."""
    train, val, test = [], [], []
    for members in by_label(items).values():
        random.shuffle(members)
        trained, validated = round(len(members) * 0.5), round(len(members) * 0.2)
        train += members[:trained]
        val += members[trained:trained + validated]
        test += members[trained + validated:]
    return train, val, test


def pictures(counts):
    return [[f"class{label}/{i:02}.jpg", label, f"class{label}"] for label, n in enumerate(counts) for i in range(n)]


def drawn_splits():
    """What a seed makes of pictures in this order: with a test part of the data set's own (two), or without (three)."""
    chooser = random.Random(5)
    cases = []
    for seed in SEEDS:
        counts = [chooser.randrange(5, 40) for _ in range(6)]
        items = pictures(counts)
        random.seed(seed)
        train, val, test = three_parts(items)
        cases.append({"seed": seed, "parts": 3, "items": items, "train": train, "val": val, "test": test})
        mixed = items[:]
        chooser.shuffle(mixed)
        random.seed(seed)
        train, val = two_parts(mixed)
        cases.append({"seed": seed, "parts": 2, "items": mixed, "train": train, "val": val, "test": []})
    return cases


def few_shot(items, shots):
    """Dassl's generate_fewshot_dataset without repetition."""
    drawn = []
    for members in by_label(items).values():
        drawn += random.sample(members, shots) if len(members) >= shots else members
    return drawn


def half(items, labels, new):
    """CoOp's subsample_classes."""
    middle = math.ceil(len(labels) / 2)
    kept = labels[middle:] if new else labels[:middle]
    return [[path, kept.index(label)] for path, label, _ in items if label in kept]


def split():
    """A split file like a published one: its parts in no order. The last class has fewer pictures than 16 shots."""
    chooser = random.Random(7)
    items = pictures([40, 33, 25, 61, 17, 9, 50])
    chooser.shuffle(items)
    train, rest = items[:150], items[150:]
    return {"train": train, "val": rest[:45], "test": rest[45:]}


def subsets(parts):
    cases = []
    labels = sorted({label for _, label, _ in parts["train"]})
    for seed in SEEDS:
        for shots in SHOTS:
            random.seed(seed)
            train = few_shot(parts["train"], shots)
            val = few_shot(parts["val"], min(shots, 4))
            cases.append({
                "seed": seed, "shots": shots, "train": [path for path, _, _ in train], "val": [path for path, _, _ in val],
                "base_train": half(train, labels, False), "new_train": half(train, labels, True),
                "new_test": half(parts["test"], labels, True),
            })
    return cases


def lines(rows):
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)


if __name__ == "__main__":
    OUTPUT.mkdir(parents=True, exist_ok=True)
    parts = split()
    (OUTPUT / "drawn_splits.jsonl").write_text(lines(drawn_splits()))
    (OUTPUT / "split.json").write_text(json.dumps(parts, separators=(",", ":")))
    (OUTPUT / "subsets.jsonl").write_text(lines(subsets(parts)))
