"""The methods that train on features of the untouched towers, in plain PyTorch on open_clip's weights, from the papers
and the methods' public descriptions alone.

Writes golden/training/features-SHAPE.safetensors for two shapes of a tiny CLIP: its weights, pictures in two views,
validation and test pictures, and of each method what its steps make of them. Needs torch 2.10, open_clip_torch 3.3,
safetensors. Run it in this folder.
"""
import json
import math

import torch
from safetensors.torch import save_file
from torch.nn import functional

from training_prompts import END, GOLDEN, SHAPES, START, STEPS, Towers, make_model, stored, unit

PICTURES, VIEWS, VALIDATION, TESTS = 30, 2, 20, 12


def descend(parameters, loss_of, rows, labels, rate):
    losses, after = [], []
    for step in range(STEPS):
        batch = rows[step]
        loss = functional.cross_entropy(loss_of(parameters, batch), labels[batch])
        gradients = torch.autograd.grad(loss, list(parameters.values()))
        losses.append(loss.item())
        with torch.no_grad():
            for parameter, gradient in zip(parameters.values(), gradients):
                parameter -= rate * gradient
        after.append({name: parameter.detach().clone() for name, parameter in parameters.items()})
    return losses, after


def rounded(tensors):
    return {name: value.float().double() for name, value in tensors.items()}


def trained(tensors):
    return {name: torch.nn.Parameter(value.clone()) for name, value in tensors.items()}


class Data:
    def __init__(self, shape, towers):
        self.classes = shape["classes"]
        self.labels = torch.arange(PICTURES) % self.classes
        self.validation_labels = torch.arange(VALIDATION) % self.classes
        centres = torch.randn(self.classes, 3, 24, 24)
        picture = lambda labels: (0.25 * centres[labels] + torch.randn(len(labels), 3, 24, 24)).float().double()
        self.pixels = torch.cat([picture(self.labels) for _ in range(VIEWS)])
        self.validation_pixels = picture(self.validation_labels)
        self.test_pixels = torch.randn(TESTS, 3, 24, 24).float().double()
        names = [[6 + row, 2] for row in range(self.classes)]
        self.tokens = torch.zeros(self.classes, shape["context"], dtype=torch.long)
        for row, name in enumerate(names):
            line = [START, 3] + name + [END]
            self.tokens[row, :len(line)] = torch.tensor(line)
        model = towers.model
        features = lambda pixels: model.encode_image(pixels)
        self.features = features(self.pixels).view(VIEWS, PICTURES, -1)
        self.validation = features(self.validation_pixels)
        self.test = features(self.test_pixels)
        self.texts = unit(model.encode_text(self.tokens))
        self.scale = model.logit_scale.exp()
        self.rows = torch.stack([torch.randperm(PICTURES)[:4] for _ in range(STEPS)])

    def zero_shot(self, features):
        return self.scale * unit(features) @ self.texts.T

    def accuracy(self, logits):
        return (logits.argmax(1) == self.validation_labels).double().mean().item()


def clip_adapter(data):
    width = data.texts.shape[1]
    first = rounded({"adapter.0.weight": 0.5 * torch.randn(width // 4, width),
                     "adapter.2.weight": 0.5 * torch.randn(width, width // 4)})

    def logits(p, features):
        inner = functional.relu(features @ p["adapter.0.weight"].T)
        return data.zero_shot(0.2 * functional.relu(inner @ p["adapter.2.weight"].T) + 0.8 * features)

    p = trained(first)
    losses, after = descend(p, lambda p, rows: logits(p, data.features[0][rows]), data.rows, data.labels, 0.1)
    return first, losses, after, logits(after[-1], data.test)


def tip_logits(data, keys, alpha, beta, features):
    values = functional.one_hot(data.labels, data.classes).double()
    return data.zero_shot(features) + alpha * torch.exp(-beta * (1 - unit(features) @ keys.T)) @ values


def tip_search(data, keys, most_alpha, most_beta):
    best, chosen = -1, None
    for i in range(200):
        beta = 0.1 + i * (most_beta - 0.1) / 200
        for j in range(20):
            alpha = 0.1 + j * (most_alpha - 0.1) / 20
            found = data.accuracy(tip_logits(data, keys, alpha, beta, data.validation))
            if found > best:
                best, chosen = found, (alpha, beta)
    return chosen


def tip_adapter(data):
    keys = unit(data.features.mean(0))
    alpha, beta = tip_search(data, keys, 6.0, 9.0)
    return {}, [], [], tip_logits(data, keys, alpha, beta, data.test), {"alpha": alpha, "beta": beta}


def tip_adapter_f(data):
    first = {"cache.keys": unit(data.features.mean(0))}
    p = trained(first)
    losses, after = descend(p, lambda p, rows: tip_logits(data, p["cache.keys"], 1.17, 1.0, data.features[0][rows]), data.rows,
                            data.labels, 0.02)
    keys = after[-1]["cache.keys"]
    alpha, beta = tip_search(data, keys, 6.0, 9.0)
    return first, losses, after, tip_logits(data, keys, alpha, beta, data.test), {"alpha": alpha, "beta": beta}


def fit(data, cost):
    """Logistic regression by damped Newton steps in fp64, until nothing is left of the gradient."""
    x, y = data.features[0].double(), data.labels
    ones = torch.cat([x, torch.ones(len(x), 1, dtype=torch.double)], 1)
    width = ones.shape[1]
    flat = torch.zeros(data.classes * width, dtype=torch.double)
    squares = torch.ones(data.classes, width, dtype=torch.double)
    squares[:, -1] = 0

    def objective(flat):
        weight = flat.view(data.classes, width)
        return 0.5 * (squares * weight ** 2).sum() + cost * functional.cross_entropy(ones @ weight.T, y, reduction="sum")

    for _ in range(200):
        gradient = torch.autograd.functional.jacobian(objective, flat)
        hessian = torch.autograd.functional.hessian(objective, flat)
        # A shift of all biases alike changes nothing: that direction is left alone.
        step = torch.linalg.pinv(hessian, hermitian=True) @ gradient
        size = 1.0
        while objective(flat - size * step) > objective(flat) and size > 1e-12:
            size /= 2
        flat = flat - size * step
        if gradient.norm() < 1e-10 * max(1.0, cost):
            break
    weight = flat.view(data.classes, width)
    return weight[:, :-1], weight[:, -1]


def probe_logits(model, features):
    weight, bias = model
    return features.double() @ weight.T + bias


def linear(data, cost):
    model = fit(data, cost)
    return {}, [], [], probe_logits(model, data.test).float(), {"cost": cost}


def linear_search(data):
    accuracy_of = lambda model: data.accuracy(probe_logits(model, data.validation))
    grid = [1e6, 1e4, 1e2, 1, 1e-2, 1e-4, 1e-6]
    found = [accuracy_of(fit(data, cost)) for cost in grid]
    peak = grid[found.index(max(found))]
    left, right = 0.1 * peak, 10 * peak
    for _ in range(8):
        models = fit(data, left), fit(data, right)
        kept = (left, right)
        if accuracy_of(models[0]) < accuracy_of(models[1]):
            best, cost = models[1], kept[1]
            left = math.sqrt(left * right)
        else:
            best, cost = models[0], kept[0]
            right = math.sqrt(left * right)
    return {}, [], [], probe_logits(best, data.test).float(), {"cost": cost}


def lp_plus_plus(data, summed):
    features, labels = unit(data.features[0]), data.labels
    count = len(labels)
    similarities = features @ data.texts.T
    weight_rate = 4 * count / torch.linalg.eigvalsh(features.T @ features).max()
    alpha_rate = count / (4 * (similarities ** 2).sum(0).max())
    means = torch.stack([similarities[labels == k, k].mean() for k in range(data.classes)])
    first = {"probe.alpha": torch.full((data.classes,), 250 * means.mean().item()),
             "probe.bias": (0.1 * torch.randn(data.classes)).float().double(),
             "probe.weight": torch.stack([features[labels == k].sum(0) for k in range(data.classes)])}
    p = trained(first)

    def logits(p, given):
        return unit(given) @ p["probe.weight"].T + p["probe.bias"] + p["probe.alpha"] * (unit(given) @ data.texts.T)

    velocity = {name: torch.zeros_like(p[name]) for name in ("probe.weight", "probe.bias")}
    of_alpha = torch.zeros(data.classes)
    losses, after, best = [], [], (-1, None)
    for step in range(STEPS):
        loss = functional.cross_entropy(logits(p, data.features[0]), labels)
        gradients = dict(zip(p, torch.autograd.grad(loss, list(p.values()))))
        losses.append(loss.item())
        with torch.no_grad():
            for name in velocity:
                velocity[name] = 0.9 * velocity[name] + gradients[name]
                p[name] -= weight_rate * velocity[name]
            of_alpha = of_alpha + gradients["probe.alpha"] if summed else gradients["probe.alpha"]
            if (step + 1) % 10 == 0:
                p["probe.alpha"] -= alpha_rate * of_alpha
            after.append({name: parameter.detach().clone() for name, parameter in p.items()})
            accuracy = data.accuracy(logits(p, data.validation))
            if accuracy >= best[0]:
                best = (accuracy, after[-1])
    return first, losses, after, logits(best[1], data.test), {"accuracy": best[0]}


CASES = {
    "clip-adapter": (clip_adapter, {"method": "clip-adapter", "rate": 0.1}),
    "tip-adapter": (tip_adapter, {"method": "tip-adapter", "picture_cache": {"pictures": PICTURES, "most_alpha": 6.0,
                                                                            "most_beta": 9.0}}),
    "tip-adapter-f": (tip_adapter_f, {"method": "tip-adapter", "rate": 0.02,
                                      "picture_cache": {"pictures": PICTURES, "trained": True, "alpha": 1.17,
                                                        "most_alpha": 6.0, "most_beta": 9.0}}),
    "linear-low-cost": (lambda data: linear(data, 0.01), {"method": "linear", "views": 1, "probe": {"cost": 0.01}}),
    "linear-high-cost": (lambda data: linear(data, 1.0), {"method": "linear", "views": 1, "probe": {"cost": 1.0}}),
    # At the large cost that is found the optimum is far out, where the loss is flat: L-BFGS ends before it, at 1000
    # iterations as the public probe does, and the rounding of fp32 features counts.
    "linear-search": (linear_search, {"method": "linear", "views": 1, "fits": 16, "probe": {"search": True},
                                      "logits_tolerance": 2e-2}),
    "lp++": (lambda data: lp_plus_plus(data, True), {"method": "lp++", "views": 1}),
    "lp++-current": (lambda data: lp_plus_plus(data, False), {"method": "lp++", "views": 1,
                                                              "probe": {"summed_alpha": False}}),
}


def main():
    torch.set_default_dtype(torch.float64)
    for shape_name, shape in SHAPES.items():
        torch.manual_seed(shape["seed"] + 100)
        model = make_model(shape)
        data = Data(shape, Towers(model))
        out = {"model." + name: tensor for name, tensor in model.state_dict().items()}
        out.update(pixels=data.pixels, labels=data.labels, validation=data.validation_pixels,
                   validation_labels=data.validation_labels, tests=data.test_pixels, tokens=data.tokens, rows=data.rows)
        cases = {}
        for name, (make, settings) in CASES.items():
            first, losses, after, logits, *more = make(data)
            cases[name] = {**settings, "chosen": more[0] if more else {}}
            out[f"{name}.logits"] = logits.detach()
            if losses:
                out[f"{name}.losses"] = torch.tensor(losses, dtype=torch.float64)
                for key in after[0]:
                    if key in first:
                        out[f"{name}.first.{key}"] = first[key]
                    for step in (0, 1, STEPS - 1):
                        out[f"{name}.{step}.{key}"] = after[step][key]
            print(shape_name, name, *(more or [""]), *(f"{loss:.4f}" for loss in losses[:1] + losses[-1:]))
        save_file({name: stored(name, tensor) for name, tensor in out.items()}, GOLDEN / f"features-{shape_name}.safetensors",
                  metadata={"case": json.dumps(shape), "cases": json.dumps(cases)})


if __name__ == "__main__":
    main()
