"""CLIP-LoRA's training step in plain PyTorch on open_clip's weights, from the paper and shared method notes alone.

Writes golden/training/lora.safetensors: a tiny CLIP, the data, and what a few steps of each case make of the additions:
losses, and A and B after steps. Dropout is drawn from counters, as native/src/layers/dropout.h documents the draws.
Needs torch 2.10, open_clip_torch 3.3, numpy, safetensors. Run it in this folder.
"""
import json
import math
import pathlib

import numpy
import open_clip
import torch
from safetensors.torch import save_file
from torch.nn import functional

GOLDEN = pathlib.Path(__file__).parent / "../src/test/resources/golden/training"
IMAGE_PLACES, TEXT_PLACES = 0, 1 << 32


def scramble(x):
    """SplitMix64's finaliser on uint64 arrays, which wrap around."""
    x = x + numpy.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return x ^ (x >> numpy.uint64(31))


def bits(seed, step, index):
    u64 = lambda value: numpy.array(value, dtype=numpy.uint64, ndmin=1)  # numbers alone would warn of overflow
    return scramble(scramble(scramble(u64(seed)) ^ u64(step)) ^ u64(index))


def uniform(seed, step, index):
    return (bits(seed, step, index) >> numpy.uint64(11)).astype(numpy.float64) * 2.0**-53


def kept(share, key, names, width):
    """[rows, width] of 0 and 1 / (1 - share): four quarters of the columns share the numbers of 64 bits."""
    quarter = -(-width // 4)
    places = names[:, None] * quarter + numpy.arange(quarter)
    drawn = scramble(key ^ places.astype(numpy.uint64))
    draws = numpy.concatenate([(drawn >> numpy.uint64(16 * q)) & numpy.uint64(0xFFFF) for q in range(4)], axis=1)
    return torch.from_numpy((draws[:, :width] >= share * 65536).astype(numpy.float32) / numpy.float32(1 - share))


class Additions:
    """A [3r,D] and B [3D,r] of a tower's blocks: those of queries, keys and values behind each other."""

    def __init__(self, prefix, first_place, layers, width, case):
        self.case, self.first_place, self.width = case, first_place, width
        self.scale = case["alpha"] / math.sqrt(case["rank"])
        self.parameters = {}
        for block in range(layers):
            count = 3 * case["rank"] * width
            drawn = uniform(case["seed"], first_place + 3 * block, numpy.arange(count))
            a = torch.from_numpy((2 * drawn - 1) / math.sqrt(width)).float().view(3 * case["rank"], width)
            self.parameters[f"{prefix}{block}.attn.in_proj_lora_a"] = torch.nn.Parameter(a)
            self.parameters[f"{prefix}{block}.attn.in_proj_lora_b"] = torch.nn.Parameter(torch.zeros(3 * width, case["rank"]))
        self.blocks = [list(self.parameters.values())[2 * block:2 * block + 2] for block in range(layers)]

    def __call__(self, block, projection, x, step):
        """What is added to the queries, keys or values of x [S,L,D]."""
        a, b = (tensor.chunk(3)[projection] for tensor in self.blocks[block])
        if self.case["dropout"] > 0:
            key = bits(self.case["seed"], step, self.first_place + 3 * block + projection)
            names = numpy.arange(x.shape[0] * x.shape[1])  # sequences of the longest length each
            x = x * kept(self.case["dropout"], key, names, self.width).view(x.shape)
        return self.scale * (x @ a.T @ b.T)


def run_block(module, x, heads, causal, additions, block, step):
    count, length, width = x.shape
    n = module.ln_1(x)
    parts = []
    for projection, (weight, bias) in enumerate(zip(module.attn.in_proj_weight.chunk(3), module.attn.in_proj_bias.chunk(3))):
        y = functional.linear(n, weight, bias) + additions(block, projection, n, step)
        parts.append(y.view(count, length, heads, -1).transpose(1, 2))
    attended = functional.scaled_dot_product_attention(*parts, is_causal=causal)
    x = x + module.attn.out_proj(attended.transpose(1, 2).reshape(count, length, width))
    return x + module.mlp(module.ln_2(x))


def image_features(model, x, additions, step):
    for block, module in enumerate(model.visual.transformer.resblocks):
        x = run_block(module, x, module.attn.num_heads, False, additions, block, step)
    return model.visual.ln_post(x[:, 0]) @ model.visual.proj


def text_features(model, x, ends, additions, step):
    for block, module in enumerate(model.transformer.resblocks):
        x = run_block(module, x, module.attn.num_heads, True, additions, block, step)
    return model.ln_final(x)[torch.arange(len(x)), ends] @ model.text_projection


def embeddings(model, pixels, tokens):
    tower = model.visual
    x = tower.conv1(pixels).flatten(2).transpose(1, 2)
    x = torch.cat([tower.class_embedding.expand(len(x), 1, -1), x], 1) + tower.positional_embedding
    return tower.ln_pre(x), model.token_embedding(tokens) + model.positional_embedding


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def run(model, images, texts, ends, rows, all_labels, case):
    """Losses, and the additions after each step by name."""
    image_additions = Additions("visual.transformer.resblocks.", IMAGE_PLACES, len(model.visual.transformer.resblocks),
                                images.shape[2], case)
    text_additions = Additions("transformer.resblocks.", TEXT_PLACES, len(model.transformer.resblocks), texts.shape[2], case)
    parameters = {**text_additions.parameters, **image_additions.parameters}
    if case["optimizer"] == "adamw":
        optimizer = torch.optim.AdamW(parameters.values(), lr=case["rate"], weight_decay=0.01, betas=(0.9, 0.999))
    else:
        optimizer = torch.optim.SGD(parameters.values(), lr=case["rate"])
    losses, after = [], []
    for step in range(case["steps"]):
        logits = model.logit_scale.exp() * unit(image_features(model, images[rows[step]], image_additions, step)) \
            @ unit(text_features(model, texts, ends, text_additions, step)).T
        loss = functional.cross_entropy(logits, all_labels[rows[step]])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        after.append({name: parameter.detach().clone() for name, parameter in parameters.items()})
    return losses, after


def main():
    shape = dict(images=8, classes=7, image_layers=3, text_layers=3, activation="quick_gelu")
    torch.manual_seed(3)
    model = open_clip.model.CLIP(
        embed_dim=12,
        quick_gelu=True,
        vision_cfg=dict(image_size=24, patch_size=8, width=16, layers=shape["image_layers"], head_width=8),
        text_cfg=dict(context_length=8, vocab_size=30, width=12, heads=3, layers=shape["text_layers"]),
    ).float()
    for parameter in model.parameters():  # livelier than the initialisation, so that each part matters
        if parameter.dim() >= 1:
            parameter.data += 0.15 * torch.randn_like(parameter)
        parameter.requires_grad_(False)
    model.logit_scale.data.fill_(2.0)
    pixels = torch.randn(shape["images"], 3, 24, 24)
    tokens = torch.zeros(shape["classes"], 8, dtype=torch.long)
    for row in range(shape["classes"]):
        words = 1 + row % 4
        tokens[row, :3] = torch.tensor([28, 5, 6])  # what all prompts begin with
        tokens[row, 3:3 + words] = torch.randint(1, 28, (words,))
        tokens[row, 3 + words] = 29
    labels = torch.randint(0, shape["classes"], (shape["images"],))
    rows = torch.stack([torch.randperm(shape["images"])[:4] for _ in range(12)])
    images, texts = embeddings(model, pixels, tokens)
    ends = tokens.argmax(1)

    base = dict(rank=2, alpha=1.0, dropout=0.0, seed=11, optimizer="adamw", rate=0.01, steps=12)
    cases = {
        "adamw": base,
        "dropout": {**base, "dropout": 0.25},
        "sgd": {**base, "optimizer": "sgd", "rate": 4.0, "steps": 3, "rank": 3, "alpha": 2.0},
    }
    out = {"model." + name: tensor for name, tensor in model.state_dict().items()}
    out.update(pixels=pixels, tokens=tokens, rows=rows, labels=labels)
    for name, case in cases.items():
        losses, after = run(model, images, texts, ends, rows, labels, case)
        out[f"{name}.losses"] = torch.tensor(losses, dtype=torch.float64)
        # SGD's weights after each step tell every gradient; of AdamW the last ones do.
        for step in range(case["steps"]) if case["optimizer"] == "sgd" else [case["steps"] - 1]:
            out.update({f"{name}.{step}.{key}": tensor for key, tensor in after[step].items()})
        print(name, f"{losses[0]:.4f} -> {losses[-1]:.4f}")
    save_file({name: tensor.contiguous() for name, tensor in out.items()}, GOLDEN / "lora.safetensors",
              metadata={"case": json.dumps(shape), "cases": json.dumps(cases)})


main()
