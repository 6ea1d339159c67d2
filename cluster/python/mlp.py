"""The preset mlp with batch normalization: dense 128, norm, relu, dense 128, norm, relu, head; in NumPy, or in PyTorch."""
import numpy as np

import vector

WIDTH = 128


def layout(inputs, classes, scale):
    """The parameters in network order; a filter is a row."""
    parameters = []
    for number, fan_in in ((1, inputs), (2, WIDTH)):
        parameters.append(vector.Parameter(f"dense{number}.weight", (WIDTH, fan_in), ("normal", fan_in), scale))
        for role, value in (("gamma", 1.0), ("beta", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            parameters.append(vector.Parameter(f"norm{number}.{role}", (WIDTH,), ("constant", value)))
    parameters.append(vector.Parameter("head.weight", (classes, WIDTH), ("uniform", WIDTH)))
    parameters.append(vector.Parameter("head.bias", (classes,), ("uniform", WIDTH)))
    return vector.Layout(parameters)


def cross_entropy(scores, labels):
    """Summed loss in doubles, correct predictions, and the gradient with respect to the scores."""
    scores = scores.astype(np.float64)
    rows = np.arange(len(labels))
    largest = scores.max(axis=1, keepdims=True)
    exponentials = np.exp(scores - largest)
    sums = exponentials.sum(axis=1, keepdims=True)
    loss = float((np.log(sums[:, 0]) + largest[:, 0] - scores[rows, labels]).sum())
    correct = int((scores.argmax(axis=1) == labels).sum())
    gradient = exponentials / sums
    gradient[rows, labels] -= 1
    return loss, correct, gradient


class NumpyModel:
    """Sums within a layer are taken by NumPy in the run's own precision, statistics in doubles."""

    name = f"numpy {np.__version__}"

    def __init__(self, layout, epsilon):
        self.layout, self.epsilon = layout, epsilon

    def gradient(self, weights, images, labels):
        """The gradient of the summed loss of one microbatch, its statistics in place of gradients; loss and correct."""
        w, x = self.layout.views(weights), images
        flat = np.zeros_like(weights)
        g, kept = self.layout.views(flat), []
        for n in (1, 2):
            z = x @ w[f"dense{n}.weight"].T
            wide = z.astype(np.float64)
            mean, variance = wide.mean(axis=0), wide.var(axis=0)
            inverse = 1 / np.sqrt(variance + self.epsilon)
            normalized = (wide - mean) * inverse
            g[f"norm{n}.running_mean"][:] = mean
            g[f"norm{n}.running_var"][:] = variance * len(x) / (len(x) - 1)
            y = (normalized * w[f"norm{n}.gamma"] + w[f"norm{n}.beta"]).astype(x.dtype)
            kept.append((x, normalized, inverse, y))
            x = np.maximum(y, 0)
        scores = x @ w["head.weight"].T + w["head.bias"]
        loss, correct, d = cross_entropy(scores, labels)
        d = d.astype(x.dtype)
        g["head.weight"][:], g["head.bias"][:] = d.T @ x, d.sum(axis=0)
        d = d @ w["head.weight"]
        for n, (x, normalized, inverse, y) in ((2, kept[1]), (1, kept[0])):
            wide = np.where(y > 0, d, 0).astype(np.float64)
            beta, gamma = wide.sum(axis=0), (wide * normalized).sum(axis=0)
            g[f"norm{n}.beta"][:], g[f"norm{n}.gamma"][:] = beta, gamma
            slope = w[f"norm{n}.gamma"] * inverse
            d = (slope * (wide - beta / len(x) - normalized * gamma / len(x))).astype(x.dtype)
            g[f"dense{n}.weight"][:] = d.T @ x
            if n == 2:
                d = d @ w["dense2.weight"]
        return flat, loss, correct

    def evaluate(self, weights, images, labels):
        """Loss and correct predictions with the running statistics."""
        w, x = self.layout.views(weights), images
        for n in (1, 2):
            z = (x @ w[f"dense{n}.weight"].T).astype(np.float64)
            inverse = 1 / np.sqrt(w[f"norm{n}.running_var"].astype(np.float64) + self.epsilon)
            y = (z - w[f"norm{n}.running_mean"]) * inverse * w[f"norm{n}.gamma"] + w[f"norm{n}.beta"]
            x = np.maximum(y, 0).astype(images.dtype)
        loss, correct, _ = cross_entropy(x @ w["head.weight"].T + w["head.bias"], labels)
        return loss, correct


class TorchModel:
    """The same by PyTorch's autograd."""

    def __init__(self, layout, epsilon):
        import torch

        torch.set_num_threads(1)
        self.torch, self.layout, self.epsilon = torch, layout, epsilon
        self.name = f"torch {torch.__version__}"

    def forward(self, w, x, statistics):
        functional = self.torch.nn.functional
        for n in (1, 2):
            z = functional.linear(x, w[f"dense{n}.weight"])
            if statistics is None:
                mean, variance = w[f"norm{n}.running_mean"], w[f"norm{n}.running_var"]
            else:
                mean, variance = z.mean(dim=0), z.var(dim=0, unbiased=False)
                statistics += [mean.detach(), z.detach().var(dim=0, unbiased=True)]
            z = (z - mean) / self.torch.sqrt(variance + self.epsilon)
            x = functional.relu(z * w[f"norm{n}.gamma"] + w[f"norm{n}.beta"])
        return functional.linear(x, w["head.weight"], w["head.bias"])

    def loss(self, scores, labels):
        scores = scores.double()
        loss = self.torch.nn.functional.cross_entropy(scores, labels, reduction="sum")
        return loss, int((scores.argmax(dim=1) == labels).sum())

    def tensors(self, weights, images, labels):
        torch = self.torch
        w = {name: torch.from_numpy(view.copy()) for name, view in self.layout.views(weights).items()}
        return w, torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))

    def gradient(self, weights, images, labels):
        w, x, y = self.tensors(weights, images, labels)
        for name, parameter in w.items():
            parameter.requires_grad_("running" not in name)
        statistics = []
        loss, correct = self.loss(self.forward(w, x, statistics), y)
        loss.backward()
        flat = np.zeros_like(weights)
        g = self.layout.views(flat)
        names = [f"norm{n}.{role}" for n in (1, 2) for role in ("running_mean", "running_var")]
        for name, value in zip(names, statistics):
            g[name][:] = value.numpy()
        for name, parameter in w.items():
            if parameter.grad is not None:
                g[name][:] = parameter.grad.numpy()
        return flat, loss.item(), correct

    def evaluate(self, weights, images, labels):
        w, x, y = self.tensors(weights, images, labels)
        with self.torch.no_grad():
            loss, correct = self.loss(self.forward(w, x, None), y)
        return loss.item(), correct


MODELS = {"numpy": NumpyModel, "torch": TorchModel}
