"""Tiny CLIPs with random weights in every format that is read, and what PyTorch makes of them.

    python tests/parity/checkpoint_files.py     (torch 2.10, open_clip_torch==3.3.0, transformers 5, safetensors)

Writes a folder a format, and expected.json: for each, the shape and two sums of every tensor under OpenAI's names, and
the features of both towers for inputs that are formulas. Weights are multiples of 1/64, so that the files pack well.
"""

import json
import pathlib
import shutil

import open_clip
import tokenizers
import torch
import transformers
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg, CustomTextCLIP, convert_weights_to_lp
from safetensors.torch import save_file

OUTPUT = pathlib.Path(__file__).parent.parent / "src/test/resources/golden/checkpoint"
PHRASES = ["a photo of a cat.", "a picture of two dogs, running", "It's 3 red cars!"]
simple = open_clip.SimpleTokenizer()
vocabulary = sorted({token for row in simple(PHRASES) for token in row.tolist() if token})
expected = {}


def fresh(name):
    folder = OUTPUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def fill(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            scale = 0.3 if parameter.ndim > 1 else 0.1
            values = torch.round(torch.randn(parameter.shape, generator=generator) * scale * 64) / 64
            if name.endswith(("ln_1.weight", "ln_2.weight")) or "norm" in name and name.endswith("weight") or ".ln_" in name and name.endswith("weight"):
                values += 1
            parameter.copy_(values)
        model.logit_scale.fill_(2.625)
    return model.eval()


def pixels(size):
    count = 2 * 3 * size * size
    return torch.sin(torch.arange(count, dtype=torch.float64) * 0.37).float().reshape(2, 3, size, size)


def canonical(state):
    """OpenAI's names for the tensors of a Hugging Face model, query, key and value apart, projections as x @ W."""
    single = {
        "visual_projection.weight": "visual.proj", "text_projection.weight": "text_projection", "logit_scale": "logit_scale",
        "vision_model.embeddings.class_embedding": "visual.class_embedding",
        "vision_model.embeddings.patch_embedding.weight": "visual.conv1.weight",
        "vision_model.embeddings.position_embedding.weight": "visual.positional_embedding",
        "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
        "text_model.embeddings.position_embedding.weight": "positional_embedding",
    }
    parts = [
        ("vision_model.pre_layrnorm", "visual.ln_pre"), ("vision_model.post_layernorm", "visual.ln_post"),
        ("text_model.final_layer_norm", "ln_final"), ("vision_model.encoder.layers", "visual.transformer.resblocks"),
        ("text_model.encoder.layers", "transformer.resblocks"), ("self_attn", "attn"), ("layer_norm1", "ln_1"),
        ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"),
    ]
    renamed = {}
    for name, tensor in state.items():
        if name.endswith("position_ids"):
            continue
        new = single.get(name, name)
        for old, part in parts:
            new = new.replace(old, part)
        renamed[new] = tensor.T if name.endswith("projection.weight") else tensor
    return renamed


def summary(state):
    sums = {}
    for name, tensor in sorted(state.items()):
        flat = tensor.double().reshape(-1)
        weights = torch.arange(flat.numel()) % 7 + 1
        sums[name] = [list(tensor.shape), flat.sum().item(), (flat * weights).sum().item()]
    return sums


def record(name, model, state, size, tokens):
    model = model.float()
    image, text = pixels(size), torch.tensor(tokens)
    with torch.no_grad():
        if hasattr(model, "encode_image"):
            images, texts = model.encode_image(image), model.encode_text(text)
        else:
            images = model.visual_projection(model.vision_model(pixel_values=image).pooler_output)
            texts = model.text_projection(model.text_model(input_ids=text).pooler_output)
    unit = lambda features: (features / features.norm(dim=-1, keepdim=True)).tolist()
    expected[name] = {"tensors": summary(state), "image_size": size, "tokens": tokens, "images": unit(images), "texts": unit(texts)}


def rows(context):
    table = {token: row for row, token in enumerate(vocabulary)}
    return [[table.get(token, 0) for token in row] for row in simple(PHRASES, context).tolist()]


def strip(source, target):
    """The same archive without debugging records, which hold this machine's paths."""
    reader = torch._C.PyTorchFileReader(str(source))
    writer = torch._C.PyTorchFileWriter(str(target))
    for name in reader.get_all_records():
        if not name.endswith(".debug_pkl") and "traced_inputs" not in name and name not in ("version", "byteorder", ".data/serialization_id"):
            content = reader.get_record(name)
            writer.write_record(name, content, len(content))
    writer.write_end_of_file()
    source.unlink()
    torch.jit.load(target)


def openai():
    """TorchScript in fp16 with OpenAI's three extra buffers; heads of 64, quick GELU."""
    folder = fresh("openai")
    model = CLIP(32, CLIPVisionCfg(1, 64, 64, 1.0, 8, 32), CLIPTextCfg(12, len(vocabulary), width=64, heads=1, layers=1, mlp_ratio=1.0), quick_gelu=True)
    fill(model, 1)
    for name, value in (("input_resolution", 32), ("context_length", 12), ("vocab_size", len(vocabulary))):
        if hasattr(model, name):
            delattr(model, name)
        model.register_buffer(name, torch.tensor(value))
    tokens = rows(12)
    convert_weights_to_lp(model, torch.float16)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items() if name not in ("input_resolution", "context_length", "vocab_size")}
    traced = torch.jit.trace_module(model.float(), {"encode_image": pixels(32), "encode_text": torch.tensor(tokens)})
    with torch.no_grad():
        for name, parameter in traced.named_parameters():
            parameter.data = parameter.data.to(state[name].dtype)
    traced.save(folder / "traced.pt")
    strip(folder / "traced.pt", folder / "tiny.pt")
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary))
    record("openai", model, state, 32, tokens)


def open_clip_folders():
    vision = dict(image_size=24, layers=2, width=24, head_width=8, mlp_ratio=2.0, patch_size=8)
    text = dict(context_length=12, vocab_size=len(vocabulary), width=16, heads=2, layers=1, mlp_ratio=3.0)
    config = {
        "model_cfg": {"embed_dim": 20, "vision_cfg": vision, "text_cfg": text},
        "preprocess_cfg": {"mean": [0.5, 0.25, 0.75], "std": [0.5, 0.25, 0.125], "interpolation": "bicubic", "resize_mode": "squash"},
    }
    tokens = rows(12)
    for name, kind, quick in (("open_clip", CLIP, True), ("custom_text", CustomTextCLIP, False)):
        folder = fresh(name)
        config["model_cfg"] |= {"quick_gelu": quick, "custom_text": kind is CustomTextCLIP}
        model = fill(kind(20, CLIPVisionCfg(**vision), CLIPTextCfg(**text), quick_gelu=quick), 2)
        (folder / "open_clip_config.json").write_text(json.dumps(config, indent=1))
        (folder / "vocabulary.json").write_text(json.dumps(vocabulary))
        state = {key: value.contiguous() for key, value in model.state_dict().items()}
        if kind is CLIP:
            save_file(state, folder / "open_clip_model.safetensors", {"format": "pt"})
            wrapped = {"epoch": 3, "name": "run", "state_dict": {"module." + key: torch.nn.Parameter(value.half().T.contiguous().T if value.ndim == 2 else value.double(), False) for key, value in state.items()},
                       "optimizer": {"state": {0: {"step": torch.tensor(2.0)}}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.98), "params": [0]}]}}
            torch.save(wrapped, fresh("training") / "epoch_3.pt")
        else:
            torch.save({key: value.bfloat16() for key, value in state.items()}, folder / "open_clip_pytorch_model.bin")
        record(name, model, {key.removeprefix("text."): value for key, value in state.items()}, 24, tokens)


def small_tokenizer(folder):
    """CLIP's first 100 merges as a tokenizer.json, and its tokens for some texts."""
    merges = list(simple.bpe_ranks)[:100]
    vocab = list(simple.encoder)[: 512 + len(merges)] + ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: index for index, token in enumerate(vocab)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in merges))
    tokenizer = transformers.CLIPTokenizer(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"), model_max_length=10)
    tokenizer.save_pretrained(folder)
    library = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = PHRASES + ["", "  Don't\tPANIC  ", "caf\u00e9 cafe\u0301 \u00c5ngstr\u00f6m", "\u03a3\u03a3 12.5% \U0001f600", "x" * 40, "&amp; <b>"]
    golden = [[text, library.encode(text, add_special_tokens=False).ids] for text in texts]
    (folder / "golden_tokens.json").write_text(json.dumps(golden))
    return len(vocab), library


def hugging_face():
    folder = fresh("hugging_face")
    size, library = small_tokenizer(folder)
    config = transformers.CLIPConfig(
        projection_dim=20,
        text_config=dict(vocab_size=size, hidden_size=16, intermediate_size=40, num_hidden_layers=1, num_attention_heads=4,
                         max_position_embeddings=10, hidden_act="gelu", eos_token_id=size - 1, bos_token_id=size - 2, pad_token_id=size - 1, projection_dim=20),
        vision_config=dict(hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=24,
                           patch_size=6, hidden_act="gelu", projection_dim=20))
    model = fill(transformers.CLIPModel(config), 3)
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "crop_size": {"height": 24, "width": 24}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True,
        "do_resize": True, "image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6], "resample": 3, "size": {"shortest_edge": 24}}))
    tokens = []
    for phrase in PHRASES:
        ids = [size - 2, *library.encode(phrase, add_special_tokens=False).ids][:9] + [size - 1]
        tokens.append(ids + [0] * (10 - len(ids)))
    record("hugging_face", model, canonical(model.state_dict()), 24, tokens)


if __name__ == "__main__":
    openai()
    open_clip_folders()
    hugging_face()
    (OUTPUT / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
