"""Training steps of the methods with trained prompts, in plain PyTorch on open_clip's weights, from the papers and the
methods' public descriptions alone.

Writes golden/training/prompts-SHAPE.safetensors for two shapes of a tiny CLIP: its weights, the data, each method's first
values, and what steps of SGD make of them: losses, every trained tensor after the first steps (which tells the gradients)
and after the last, and the logits of the pictures then. Needs torch 2.10, open_clip_torch 3.3, safetensors. Run it in
this folder.
"""
import json
import pathlib

import open_clip
import torch
from safetensors.torch import save_file
from torch.nn import functional

GOLDEN = pathlib.Path(__file__).parent / "../src/test/resources/golden/training"
SHAPES = {
    "small": dict(images=8, classes=5, image_layers=3, text_layers=4, image_width=16, text_width=12, heads=3,
                  context=12, activation="quick_gelu", seed=3),
    "wide": dict(images=8, classes=4, image_layers=4, text_layers=3, image_width=24, text_width=32, heads=2,
                 context=14, activation="gelu", seed=5),
}
START, END, PLACEHOLDER, WORDS = 28, 29, 5, 27
STEPS = 20


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


class Towers:
    """A frozen CLIP whose towers take embedded input, and other tokens in some places before some blocks."""

    def __init__(self, model):
        self.model = model

    @staticmethod
    def blocks(blocks, x, mask, replaced):
        for number, block in enumerate(blocks):
            if number in replaced:
                places, values = replaced[number]
                x = x.clone()
                x[torch.arange(len(x))[:, None], places] = values
            x = block(x, attn_mask=mask)
        return x

    def texts(self, x, ends, replaced={}):
        mask = torch.full((x.shape[1], x.shape[1]), float("-inf")).triu(1)
        x = self.blocks(self.model.transformer.resblocks, x, mask, replaced)
        return self.model.ln_final(x)[torch.arange(len(x)), ends] @ self.model.text_projection

    def pictures(self, hidden, vectors=None, deep={}):
        """hidden [B,L,D] behind ln_pre; vectors [n,D] before it, behind the patches."""
        if vectors is not None:
            more = self.model.visual.ln_pre(vectors).expand(len(hidden), -1, -1)
            hidden = torch.cat([hidden, more], 1)
        replaced = {}
        for number, values in deep.items():
            places = torch.arange(hidden.shape[1] - len(values), hidden.shape[1]).expand(len(hidden), -1)
            replaced[number] = (places, values.expand(len(hidden), -1, -1))
        x = self.blocks(self.model.visual.transformer.resblocks, hidden, None, replaced)
        return self.model.visual.ln_post(x[:, 0]) @ self.model.visual.proj

    def logits(self, images, texts):
        return self.model.logit_scale.exp() * unit(images) @ unit(texts).T


class Prompts:
    """Embedded prompts [C,L,D] without the context, and where it stands: places [C,n]."""

    def __init__(self, model, tokens, places):
        self.embedded = model.token_embedding(tokens)
        self.positions = model.positional_embedding[:tokens.shape[1]]
        self.ends = tokens.argmax(1)
        self.places = places

    def given(self):
        """What stands in the context's places: [C,n,D]."""
        return self.embedded[torch.arange(len(self.places))[:, None], self.places]

    def with_context(self, context):
        """context [n,D] or [C,n,D]"""
        x = self.embedded.clone()
        x[torch.arange(len(x))[:, None], self.places] = context.expand(len(x), -1, -1) if context.dim() == 2 else context
        return x + self.positions


def linear(x, parameters, name):
    return functional.linear(x, parameters[name + ".weight"], parameters[name + ".bias"])


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


class Method:
    """First values, the logits of a batch, and the losses whose gradients `merged` puts together."""
    settings = {}
    tokens, position, of_each_class, words_first = 2, "end", False, False

    def __init__(self, towers, prompts, teacher, features, hidden):
        self.towers, self.prompts, self.teacher = towers, prompts, teacher
        self.features, self.hidden = features, hidden
        self.width = prompts.embedded.shape[2]
        self.image_width = hidden.shape[2]
        self.embed = teacher.shape[1]

    def first(self):
        given = self.prompts.given()
        shape = given.shape if self.of_each_class else given.shape[1:]
        return {"context": given[0].clone() if self.words_first else 0.1 * torch.randn(shape)}

    def texts(self, p):
        return self.towers.texts(self.prompts.with_context(p["context"]), self.prompts.ends)

    def parts(self, p, rows):
        """Features of a batch's pictures and of all classes."""
        return self.features[rows], self.texts(p)

    def logits(self, p, rows):
        return self.towers.logits(*self.parts(p, rows))

    def losses(self, p, rows, labels):
        return [functional.cross_entropy(self.logits(p, rows), labels)]

    @staticmethod
    def merged(gradients):
        return gradients[0]

    def distance(self, texts):
        return 1 - (unit(texts) * self.teacher).sum(1).mean()


class Coop(Method):
    method = "coop"


class CoopOfWords(Coop):
    words_first = True


class CoopMiddle(Coop):
    tokens, position = 3, "middle"


class CoopFront(Coop):
    position = "front"


class CoopOfEachClass(Coop):
    of_each_class = True


class KgCoop(Method):
    method, words_first = "kgcoop", True
    settings = {"teacher": {"text_weight": 8.0}}

    def losses(self, p, rows, labels):
        images, texts = self.parts(p, rows)
        return [functional.cross_entropy(self.towers.logits(images, texts), labels) + 8.0 * self.distance(texts)]


class ProGrad(Method):
    method = "prograd"
    settings = {"teacher": {"logit_weight": 0.8, "temperature": 2.0}}

    def losses(self, p, rows, labels):
        logits = self.logits(p, rows)
        expected = (self.towers.logits(self.features[rows], self.teacher) / 2).softmax(1)
        divergence = -(expected * (logits / 2).log_softmax(1)).sum(1).mean() * 4
        return [functional.cross_entropy(logits, labels), divergence]

    @staticmethod
    def merged(gradients):
        loss, general = gradients
        general = general / general.norm()
        along = (loss * general).sum()
        return loss - 0.8 * along * general if along < 0 else loss


class CoCoop(Method):
    method, words_first = "cocoop", True
    settings = {"prompt": {"hidden": 3}}

    def first(self):
        return {**super().first(),
                "meta_net.0.weight": 0.3 * torch.randn(3, self.embed), "meta_net.0.bias": 0.3 * torch.randn(3),
                "meta_net.2.weight": 0.3 * torch.randn(self.width, 3), "meta_net.2.bias": 0.1 * torch.randn(self.width)}

    def logits(self, p, rows):
        shifts = linear(functional.relu(linear(unit(self.features[rows]), p, "meta_net.0")), p, "meta_net.2")
        rows_of_logits = []
        for row, shift in zip(rows, shifts):
            texts = self.towers.texts(self.prompts.with_context(p["context"] + shift), self.prompts.ends)
            rows_of_logits.append(self.towers.logits(self.features[row][None], texts))
        return torch.cat(rows_of_logits)


class Maple(Method):
    method, words_first = "maple", True
    settings = {"prompt": {"depth": 3}}

    def first(self):
        p = super().first()
        for depth in range(3):
            if depth > 0:
                p[f"context.{depth}"] = 0.1 * torch.randn(self.tokens, self.width)
            p[f"projection.{depth}.weight"] = 0.3 * torch.randn(self.image_width, self.width)
            p[f"projection.{depth}.bias"] = 0.1 * torch.randn(self.image_width)
        return p

    def parts(self, p, rows):
        deep = {depth: p[f"context.{depth}"] for depth in (1, 2)}
        classes = len(self.prompts.places)
        texts = self.towers.texts(
            self.prompts.with_context(p["context"]), self.prompts.ends,
            {depth: (self.prompts.places, values.expand(classes, -1, -1)) for depth, values in deep.items()})
        images = self.towers.pictures(self.hidden[rows], linear(p["context"], p, "projection.0"),
                                      {depth: linear(values, p, f"projection.{depth}") for depth, values in deep.items()})
        return images, texts


class PromptSrc(Method):
    method, words_first = "promptsrc", True
    settings = {"prompt": {"depth": 3}, "teacher": {"text_weight": 25.0, "image_weight": 10.0, "logit_weight": 1.0}}

    def first(self):
        p = super().first()
        for depth in range(3):
            if depth > 0:
                p[f"context.{depth}"] = 0.1 * torch.randn(self.tokens, self.width)
            p[f"image_context.{depth}"] = 0.1 * torch.randn(self.tokens, self.image_width)
        return p

    def parts(self, p, rows):
        classes = len(self.prompts.places)
        texts = self.towers.texts(
            self.prompts.with_context(p["context"]), self.prompts.ends,
            {depth: (self.prompts.places, p[f"context.{depth}"].expand(classes, -1, -1)) for depth in (1, 2)})
        images = self.towers.pictures(self.hidden[rows], p["image_context.0"],
                                      {depth: p[f"image_context.{depth}"] for depth in (1, 2)})
        return images, texts

    def losses(self, p, rows, labels):
        images, texts = self.parts(p, rows)
        logits = self.towers.logits(images, texts)
        untouched = unit(self.features[rows])
        expected = self.towers.logits(untouched, self.teacher).log_softmax(1)
        divergence = (expected.exp() * (expected - logits.log_softmax(1))).sum() / logits.numel()
        return [functional.cross_entropy(logits, labels) + 25 * (unit(texts) - self.teacher).abs().mean()
                + 10 * (unit(images) - untouched).abs().mean() + divergence]


class Tcp(Method):
    method = "tcp"
    settings = {"prompt": {"depth": 3, "hidden": 4}, "teacher": {"text_weight": 8.0}}

    def first(self):
        outputs = self.tokens * self.width
        return {**super().first(),
                "meta_net.0.weight": 0.5 * torch.randn(4, self.embed), "meta_net.0.bias": 0.3 * torch.randn(4),
                "meta_net.2.weight": 0.3 * torch.randn(outputs, 4), "meta_net.2.bias": 0.1 * torch.randn(outputs)}

    def texts(self, p):
        of_classes = linear(quick_gelu(linear(self.teacher, p, "meta_net.0")), p, "meta_net.2")
        return self.towers.texts(
            self.prompts.with_context(p["context"]), self.prompts.ends,
            {2: (self.prompts.places, of_classes.view(len(self.teacher), self.tokens, self.width))})

    def losses(self, p, rows, labels):
        images, texts = self.parts(p, rows)
        return [functional.cross_entropy(self.towers.logits(images, texts), labels) + 8.0 * self.distance(texts)]


class Dept(KgCoop):
    """DePT on KgCoOp: scaled and shifted features, and a head that learns from both sides."""
    method = "dept"
    settings = {"teacher": {"text_weight": 2.0}, "decoupling": {"base": "kgcoop", "weight": 0.7}}

    def first(self):
        classes = len(self.teacher)
        return {**super().first(),
                "film_image.scale": 1 + 0.1 * torch.randn(self.embed), "film_image.bias": 0.1 * torch.randn(self.embed),
                "film_text.scale": 1 + 0.1 * torch.randn(self.embed), "film_text.bias": 0.1 * torch.randn(self.embed),
                "head.weight": 0.3 * torch.randn(classes, self.embed), "head.bias": 0.1 * torch.randn(classes)}

    def losses(self, p, rows, labels):
        images, texts = self.parts(p, rows)
        of_texts = texts[labels] * p["film_text.scale"] + p["film_text.bias"]
        of_images = images * p["film_image.scale"] + p["film_image.bias"]
        head = linear(torch.cat([of_texts, of_images]), p, "head")
        return [0.3 * functional.cross_entropy(self.towers.logits(images, texts), labels)
                + 0.7 * functional.cross_entropy(head, torch.cat([labels, labels])) + 2.0 * self.distance(texts)]

    def logits(self, p, rows):
        images, texts = self.parts(p, rows)
        head = linear(images * p["film_image.scale"] + p["film_image.bias"], p, "head")
        return 0.3 * self.towers.logits(images, texts) + 0.7 * head


METHODS = {"coop": Coop, "coop-words": CoopOfWords, "coop-middle": CoopMiddle, "coop-front": CoopFront,
           "coop-of-each-class": CoopOfEachClass, "kgcoop": KgCoop, "prograd": ProGrad, "cocoop": CoCoop, "maple": Maple,
           "promptsrc": PromptSrc, "tcp": Tcp, "dept": Dept}


def make_model(shape):
    model = open_clip.model.CLIP(
        embed_dim=12, quick_gelu=shape["activation"] == "quick_gelu",
        vision_cfg=dict(image_size=24, patch_size=8, width=shape["image_width"], layers=shape["image_layers"], head_width=8),
        text_cfg=dict(context_length=shape["context"], vocab_size=30, width=shape["text_width"], heads=shape["heads"],
                      layers=shape["text_layers"])).float()
    for parameter in model.parameters():  # livelier than the initialisation, so that each part matters
        if parameter.dim() >= 1:
            parameter.data += 0.15 * torch.randn_like(parameter)
        parameter.requires_grad_(False)
    model.logit_scale.data.fill_(2.0)
    # Weights are numbers of fp32; what is computed with them is exact to fp64.
    return model.double()


def make_prompts(shape, names, tokens, position):
    """Tokens [C,context] and the places [C,n] of the context; a full stop and the end follow."""
    all_tokens = torch.zeros(len(names), shape["context"], dtype=torch.long)
    places = torch.zeros(len(names), tokens, dtype=torch.long)
    for row, name in enumerate(names):
        before = {"end": tokens, "middle": tokens // 2, "front": 0}[position]
        line = [START] + [PLACEHOLDER] * before + name + [PLACEHOLDER] * (tokens - before) + [WORDS, END]
        all_tokens[row, :len(line)] = torch.tensor(line)
        places[row] = torch.tensor([1 + i + (0 if i < before else len(name)) for i in range(tokens)])
    return all_tokens, places


def make_teacher(shape, names):
    """Prompts of two templates, [2*C,context]."""
    tokens = torch.zeros(2 * len(names), shape["context"], dtype=torch.long)
    for row in range(2 * len(names)):
        line = [START, 10 + row // len(names)] + names[row % len(names)] + [END]
        tokens[row, :len(line)] = torch.tensor(line)
    return tokens


def run(method, labels, rows, rate):
    first = {name: value.float().double() for name, value in method.first().items()}
    parameters = {name: torch.nn.Parameter(value.clone()) for name, value in first.items()}
    losses, after = [], []
    for step in range(STEPS):
        batch = rows[step]
        values = method.losses(parameters, batch, labels[batch])
        names = list(parameters)
        gradients = [torch.autograd.grad(value, [parameters[name] for name in names], retain_graph=True, allow_unused=True)
                     for value in values]
        losses.append(values[0].item())
        with torch.no_grad():
            for index, name in enumerate(names):
                found = [of_loss[index] if of_loss[index] is not None else torch.zeros_like(parameters[name])
                         for of_loss in gradients]
                parameters[name] -= (6.5 if name.startswith(("film", "head")) else 1) * rate * method.merged(found)
        after.append({name: parameter.detach().clone() for name, parameter in parameters.items()})
    with torch.no_grad():
        logits = method.logits(parameters, torch.arange(len(labels)))
    return first, losses, after, logits


def stored(name, tensor):
    """Losses stay in fp64; all other numbers are those of fp32."""
    return (tensor.float() if tensor.is_floating_point() and "losses" not in name else tensor).contiguous()


def main():
    torch.set_default_dtype(torch.float64)
    for shape_name, shape in SHAPES.items():
        torch.manual_seed(shape["seed"])
        model = make_model(shape)
        towers = Towers(model)
        pixels = torch.randn(shape["images"], 3, 24, 24, dtype=torch.float32).double()
        names = [torch.randint(1, 5, (1 + row % 3,)).tolist() + [6 + row] for row in range(shape["classes"])]
        labels = torch.randint(0, shape["classes"], (shape["images"],))
        rows = torch.stack([torch.randperm(shape["images"])[:4] for _ in range(STEPS)])
        teacher_tokens = make_teacher(shape, names)
        teachers = towers.texts(model.token_embedding(teacher_tokens) + model.positional_embedding,
                                teacher_tokens.argmax(1)).view(2, shape["classes"], 12)
        teacher = unit(unit(teachers).mean(0))
        tower = model.visual
        x = tower.conv1(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([tower.class_embedding.expand(len(x), 1, -1), x], 1) + tower.positional_embedding
        hidden = tower.ln_pre(x)
        features = towers.pictures(hidden)
        out = {"model." + name: tensor for name, tensor in model.state_dict().items()}
        out.update(pixels=pixels, rows=rows, labels=labels, teacher_tokens=teacher_tokens)
        cases = {}
        for name, kind in METHODS.items():
            tokens, places = make_prompts(shape, names, kind.tokens, kind.position)
            # PromptSRC averages before it normalises.
            its_teacher = unit(teachers.mean(0)) if kind is PromptSrc else teacher
            method = kind(towers, Prompts(model, tokens, places), its_teacher, features, hidden)
            # PromptSRC's absolute values bend where they are zero, which must not happen between two steps.
            rate = 0.001 if kind is PromptSrc else 0.005
            first, losses, after, logits = run(method, labels, rows, rate)
            cases[name] = {"method": kind.method, "rate": rate, "tokens": kind.tokens, "position": kind.position,
                           "of_each_class": kind.of_each_class, "name_lengths": [len(each) for each in names],
                           **kind.settings}
            out[f"{name}.tokens"] = tokens
            out[f"{name}.losses"] = torch.tensor(losses, dtype=torch.float64)
            out[f"{name}.logits"] = logits
            for key in first:
                # One vector a row, whether of all classes or of each.
                flat = lambda tensor: tensor.reshape(-1, tensor.shape[-1]) if tensor.dim() == 3 else tensor
                out[f"{name}.first.{key}"] = flat(first[key])
                for step in (0, 1, STEPS - 1):
                    out[f"{name}.{step}.{key}"] = flat(after[step][key])
            cases[name]["of_length_1"] = kind is not PromptSrc
            print(shape_name, name, f"{losses[0]:.4f} -> {losses[-1]:.4f}")
        save_file({name: stored(name, tensor) for name, tensor in out.items()}, GOLDEN / f"prompts-{shape_name}.safetensors",
                  metadata={"case": json.dumps(shape), "cases": json.dumps(cases)})


if __name__ == "__main__":
    main()
