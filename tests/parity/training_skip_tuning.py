"""Skip Tuning's training loop in plain PyTorch on open_clip's towers, from the paper and shared method notes alone.

Writes golden/training/*.safetensors: a tiny CLIP, the data, and what twenty steps make of it (losses, kept classes,
trained weights). Needs torch 2.10, open_clip_torch 3.3, numpy, safetensors. Run it in this folder.
"""
import json
import math
import pathlib

import numpy
import open_clip
import torch
from safetensors.torch import save_file

GOLDEN = pathlib.Path(__file__).parent / "../src/test/resources/golden/training"
MASK64 = (1 << 64) - 1


def scramble(x):
    """SplitMix64's finaliser, as native/src/core/counter_random.h documents the draws."""
    x = (x + 0x9E3779B97F4A7C15) & MASK64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK64
    return x ^ (x >> 31)


def uniform(seed, step, index):
    return (scramble(scramble(scramble(seed) ^ step) ^ index) >> 11) * 2.0**-53


def rank_mask(remaining, scale, seed, step):
    if remaining < 2:
        return [False] * remaining
    points = numpy.linspace(0, 5, remaining)
    density = numpy.exp(-points / scale) / scale
    probability = (density - density.min()) / (density.max() - density.min())
    return [uniform(seed, step, t) < probability[t] for t in range(remaining)]


def selected(features, prototypes, labels, case, step):
    classes = len(prototypes)
    sure = min(math.ceil(case["top_ratio"] * classes), classes)
    if sure == classes:
        return torch.arange(classes)
    similarity = features @ prototypes.T
    similarity[torch.arange(len(labels)), labels] = 1e4
    ranked = similarity.max(dim=0).values.argsort(descending=True, stable=True).tolist()
    mask = rank_mask(classes - sure, case["lambda"], case["seed"], 0 if case["mask"] == "run" else step)
    kept = ranked[:sure] + [c for c, keep in zip(ranked[sure:], mask) if keep]
    return torch.tensor(sorted(kept))


def image_prefix(model, pixels, start):
    tower = model.visual
    x = tower.conv1(pixels).flatten(2).transpose(1, 2)
    x = torch.cat([tower.class_embedding.expand(len(x), 1, -1), x], 1) + tower.positional_embedding
    x = tower.ln_pre(x)
    for block in tower.transformer.resblocks[:start]:
        x = block(x)
    return x


def image_suffix(model, x, start):
    for block in model.visual.transformer.resblocks[start:]:
        x = block(x)
    return model.visual.ln_post(x[:, 0]) @ model.visual.proj


def text_prefix(model, tokens, start):
    x = model.token_embedding(tokens) + model.positional_embedding
    for block in model.transformer.resblocks[:start]:
        x = block(x, attn_mask=model.attn_mask)
    return x


def text_suffix(model, x, ends, start):
    for block in model.transformer.resblocks[start:]:
        x = block(x, attn_mask=model.attn_mask)
    x = model.ln_final(x)
    return x[torch.arange(len(x)), ends] @ model.text_projection


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def trained_names(model, image_start, text_start):
    names = []
    for name, _ in model.named_parameters():
        parts = name.split(".")
        if "resblocks" in parts:
            block = int(parts[parts.index("resblocks") + 1])
            if block >= (image_start if name.startswith("visual.") else text_start):
                names.append(name)
        elif name.startswith(("visual.ln_post", "ln_final")) or name in ("visual.proj", "text_projection"):
            names.append(name)
    return names


def run(name, case):
    torch.manual_seed(case["seed"])
    model = open_clip.model.CLIP(
        embed_dim=12,
        quick_gelu=case["activation"] == "quick_gelu",
        vision_cfg=dict(image_size=24, patch_size=8, width=16, layers=case["image_layers"], head_width=8),
        text_cfg=dict(context_length=8, vocab_size=30, width=12, heads=3, layers=case["text_layers"]),
    ).float()
    for parameter in model.parameters():  # livelier than the initialisation, so that each part matters
        if parameter.dim() >= 1:
            parameter.data += 0.15 * torch.randn_like(parameter)
    model.logit_scale.data.fill_(2.0)
    pixels = torch.randn(case["images"], 3, 24, 24)
    tokens = torch.zeros(case["classes"], 8, dtype=torch.long)
    for row in range(case["classes"]):
        words = 1 + row % 5
        tokens[row, 0] = 28
        tokens[row, 1:1 + words] = torch.randint(1, 28, (words,))
        tokens[row, 1 + words] = 29
    ends = tokens.argmax(1)
    rows = torch.stack([torch.randperm(case["images"])[:case["batch"]] for _ in range(case["steps"])])
    all_labels = torch.randint(0, case["classes"], (case["images"],))
    labels = all_labels[rows]
    before = {k: v.clone() for k, v in model.state_dict().items()}

    image_start, text_start = case["image_start"], case["text_start"]
    names = trained_names(model, image_start, text_start)
    with torch.no_grad():
        cached_images = image_prefix(model, pixels, image_start)
        cached_texts = text_prefix(model, tokens, text_start)
        prototypes = unit(text_suffix(model, cached_texts, ends, text_start))
        features = unit(image_suffix(model, cached_images, image_start))
        image_features = model.encode_image(pixels, normalize=True)
        text_features = model.encode_text(tokens, normalize=True)
        assert torch.allclose(features, image_features, atol=1e-5) and torch.allclose(prototypes, text_features, atol=1e-5)
    parameters = dict(model.named_parameters())
    text_group = [parameters[n] for n in names if not n.startswith("visual.")]
    image_group = [parameters[n] for n in names if n.startswith("visual.")]
    optimizer = torch.optim.SGD(
        [dict(params=text_group, lr=case["text_rate"]), dict(params=image_group, lr=case["image_rate"])],
        momentum=0.9, weight_decay=5e-4)
    losses, kept_rows, first_gradients = [], [], {}
    for step in range(case["steps"]):
        images = unit(image_suffix(model, cached_images[rows[step]], image_start))
        kept = selected(images.detach().clone(), prototypes, labels[step], case, step)
        texts = unit(text_suffix(model, cached_texts[kept], ends[kept], text_start))
        logits = model.logit_scale.exp().detach() * images @ texts.T
        loss = torch.nn.functional.cross_entropy(logits, torch.searchsorted(kept, labels[step]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        kept_rows.append(torch.nn.functional.pad(kept, (0, case["classes"] - len(kept)), value=-1))
    out = {"model." + k: v for k, v in before.items()}
    out.update({"after." + n: parameters[n].detach().clone() for n in names})
    out.update(pixels=pixels, tokens=tokens, rows=rows, labels=labels, losses=torch.tensor(losses, dtype=torch.float64),
               kept=torch.stack(kept_rows), image_features=image_features, text_features=text_features)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in out.items()}, GOLDEN / f"{name}.safetensors",
              metadata={"case": json.dumps(case)})
    print(name, f"{losses[0]:.4f} -> {losses[-1]:.4f}", "kept", [int((k >= 0).sum()) for k in kept_rows[:3]])


BASE = dict(steps=20, batch=4, images=10, classes=11, image_layers=3, text_layers=3, image_start=1, text_start=1,
            top_ratio=0.4, mask="run", seed=3, activation="quick_gelu", text_rate=0.02, image_rate=0.01)
BASE["lambda"] = 0.7
run("quick-gelu-run-mask", BASE)
run("gelu-step-mask", {**BASE, "activation": "gelu", "mask": "step", "seed": 5, "image_layers": 4, "text_layers": 2,
                       "image_start": 3, "text_start": 0, "batch": 3})
run("full", {**BASE, "top_ratio": 1.0, "image_start": 0, "text_start": 0, "seed": 9})
