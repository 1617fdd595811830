"""One training step of each method, as its public implementation structures it, in plain PyTorch.

Each function returns (step, kept): `step()` runs one step and returns the loss, `kept()` the classes the last one used.
"""
import math

import torch
from torch.nn import functional

import towers
from towers import unit

RATE = 1e-5


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=RATE, momentum=0.9, weight_decay=5e-4)


def autocast(device, precision):
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")


def loss_of(model, image_features, prompts, ends, labels):
    """Cross entropy against every class's prompt, through the whole text tower."""
    text_features = towers.text_head(model, towers.text_blocks(model, prompts, 0, None), ends)
    return functional.cross_entropy(logits_of(model, image_features, text_features), labels)


def logits_of(model, image_features, text_features):
    return model.logit_scale.exp() * unit(image_features) @ unit(text_features).T


def rank_mask(remaining, scale, seed=1):
    """Which ranks behind the surely kept classes stay, drawn once a run."""
    if remaining < 2 or scale <= 0:
        return torch.zeros(remaining, dtype=torch.bool)
    density = torch.exp(-torch.linspace(0, 5, remaining) / scale)
    probability = (density - density.min()) / (density.max() - density.min())
    return torch.rand(remaining, generator=torch.Generator().manual_seed(seed)) < probability


def skip(model, options, device, whole=0):
    """Skip Tuning: suffixes on cached prefixes, the classes narrowed in each step (Koorye/SkipTuning's structure).

    With `whole`, the number of pictures of a whole run, the buffer of their prefixes is returned, too."""
    start, classes, batch = options.start_layer, options.classes, options.batch_size
    tokens = towers.tokens_of(classes, device)
    ends = tokens.argmax(1)
    with torch.no_grad():
        texts = torch.cat([towers.text_blocks(model, towers.text_embedding(model, part), 0, start)
                           for part in tokens.split(32)])
        prototypes = unit(torch.cat([towers.text_head(model, towers.text_blocks(model, part, start, None), end)
                                     for part, end in zip(texts.split(32), ends.split(32))]))
    images = torch.randn(whole or 4 * batch, 197, model.visual.ln_post.normalized_shape[0], device=device)
    sure = math.ceil(options.top_ratio * classes) if options.top_ratio <= 1 else int(options.top_ratio)
    sure = min(sure, classes, options.max_classes or classes)
    tail = rank_mask(classes - sure, options.tail).to(device)
    optimizer = sgd(towers.train(model, start, start))
    state = {"kept": 0, "row": 0}

    def step():
        rows = torch.arange(state["row"], state["row"] + batch, device=device) % len(images)
        # A batch holds pictures of one class, as the method's batches do from four shots on.
        labels = torch.full((batch,), state["row"] // batch % classes, device=device)
        state["row"] += batch
        optimizer.zero_grad()
        with autocast(device, options.precision):
            image_features = towers.image_suffix(model, images[rows], start)
            with torch.no_grad():
                similarity = unit(image_features).float() @ prototypes.T
                similarity[torch.arange(batch, device=device), labels] = 1e4
                order = similarity.max(0).values.argsort(descending=True)
                kept = torch.cat([order[:sure], order[sure:][tail]]).sort().values
            x = towers.text_blocks(model, texts[kept], start, None)
            text_features = towers.text_head(model, x, ends[kept])
            loss = functional.cross_entropy(
                logits_of(model, image_features, text_features), torch.searchsorted(kept, labels))
        loss.backward()
        optimizer.step()
        state["kept"] = len(kept)
        return loss

    return (step, lambda: state["kept"], images) if whole else (step, lambda: state["kept"])


def full(model, options, device):
    """Full fine-tuning of all blocks against all classes."""
    classes, batch = options.classes, options.batch_size
    tokens = towers.tokens_of(classes, device)
    ends = tokens.argmax(1)
    pixels = torch.randn(batch, 3, 224, 224, device=device)
    labels = torch.randint(0, classes, (batch,), device=device)
    optimizer = sgd(towers.train(model, 0, 0))

    def step():
        optimizer.zero_grad()
        with autocast(device, options.precision):
            image_features = towers.image_suffix(model, towers.image_prefix(model, pixels, 0), 0)
            loss = loss_of(model, image_features, towers.text_embedding(model, tokens), ends, labels)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: classes


def coop(model, options, device, context=16):
    """CoOp: 16 learned context vectors before every class name; both towers frozen, the text tower in the graph."""
    classes, batch = options.classes, options.batch_size
    tokens = towers.tokens_of(classes, device, words=context + 3)
    ends = tokens.argmax(1)
    with torch.no_grad():
        embedded = model.token_embedding(tokens)
    prefix, suffix = embedded[:, :1], embedded[:, 1 + context:]
    vectors = torch.nn.Parameter(0.02 * torch.randn(context, embedded.shape[2], device=device))
    pixels = torch.randn(batch, 3, 224, 224, device=device)
    labels = torch.randint(0, classes, (batch,), device=device)
    optimizer = sgd([vectors])

    def step():
        optimizer.zero_grad()
        with autocast(device, options.precision):
            with torch.no_grad():
                image_features = towers.image_suffix(model, towers.image_prefix(model, pixels, 0), 0)
            prompts = torch.cat([prefix, vectors.expand(classes, -1, -1), suffix], 1) + model.positional_embedding
            loss = loss_of(model, image_features, prompts, ends, labels)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: classes


def lora_clip(arch, device, rank=2):
    """CLIP-LoRA: rank 2 on q, k, v of every block of both towers, by peft on transformers' ViT-B/16: peft adapts separate
    projections, and open_clip's are one matrix."""
    import peft
    import transformers

    if not arch.startswith("ViT-B-16"):
        raise SystemExit(f"LoRA has no peer of the shape {arch}")
    clip = transformers.CLIPModel(transformers.CLIPConfig(
        vision_config=dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                           patch_size=16, image_size=224),
        text_config=dict(hidden_size=512, intermediate_size=2048, num_hidden_layers=12, num_attention_heads=8),
        projection_dim=512)).to(device)
    # rslora scales by alpha / sqrt(r), as CLIP-LoRA does.
    return peft.get_peft_model(clip, peft.LoraConfig(r=rank, lora_alpha=1, lora_dropout=0.25, use_rslora=True,
                                                     target_modules=["q_proj", "k_proj", "v_proj"]))


def lora(model, options, device):
    """A step of lora_clip's additions against all classes."""
    classes, batch = options.classes, options.batch_size
    tokens = towers.tokens_of(classes, device)
    pixels = torch.randn(batch, 3, 224, 224, device=device)
    labels = torch.randint(0, classes, (batch,), device=device)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=2e-4, weight_decay=0.01)

    def step():
        optimizer.zero_grad()
        with autocast(device, options.precision):
            output = model(input_ids=tokens, pixel_values=pixels)
            loss = functional.cross_entropy(output.logits_per_image, labels)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: classes


ALL = {"skip": skip, "full": full, "coop": coop, "lora": lora}
# Where it isn't towers.create.
MODELS = {"lora": lora_clip}
