"""A CLIP of ViT-B/16's size with random weights, on open_clip's modules, cut where a method needs it."""
import open_clip
import torch

TEXT_LENGTH = 77


def create(arch, device):
    model = open_clip.create_model(arch, pretrained=None, precision="fp32", device=device)
    model.eval()  # no dropout in CLIP; the gradients of the trained part are asked for one by one
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model


def tokens_of(classes, device, words=8):
    """[classes, 77]: a start, `words` tokens, an end-of-text (the greatest id), zeros."""
    generator = torch.Generator().manual_seed(1)
    tokens = torch.zeros(classes, TEXT_LENGTH, dtype=torch.long)
    tokens[:, 0] = 49406
    tokens[:, 1:1 + words] = torch.randint(300, 40000, (classes, words), generator=generator)
    tokens[:, 1 + words] = 49407
    return tokens.to(device)


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


def text_embedding(model, tokens):
    return model.token_embedding(tokens) + model.positional_embedding


def text_blocks(model, x, first, last):
    for block in model.transformer.resblocks[first:last]:
        x = block(x, attn_mask=model.attn_mask)
    return x


def text_head(model, x, ends):
    x = model.ln_final(x)
    return x[torch.arange(len(x), device=x.device), ends] @ model.text_projection


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def train(model, image_start, text_start):
    """Asks for the gradients of the blocks from the two start layers on, and of what follows them; returns them."""
    trained = [model.visual.proj, model.text_projection]
    modules = [model.visual.ln_post, model.ln_final]
    modules += model.visual.transformer.resblocks[image_start:]
    modules += model.transformer.resblocks[text_start:]
    for module in modules:
        trained += module.parameters()
    for parameter in trained:
        parameter.requires_grad_(True)
    return trained
