"""Five models as docs/language.md defines them, in float64 PyTorch: networks, truths of labels, losses and penalties.

Written from the documentation only. `weights` maps the names of an artifact's tensors to float64 tensors; `batch` holds the
columns of some rows: features, labels as (value, known) pairs, and sample weights.
"""

import torch
from torch.nn import functional as F


# ------------------------------------------------------------------------------------------------------------- layers


def linear(weights, name, x):
    """x·W + b for one network, or for n at once, whose weights are [d, n, width] or [n, d, width]."""
    weight = weights[f"{name}.weight"]
    if weight.dim() == 2:
        y = x @ weight
    elif x.dim() == 2:
        y = torch.einsum("bd,dnw->bnw", x, weight)
    else:
        y = torch.einsum("bnd,ndw->bnw", x, weight)
    bias = weights.get(f"{name}.bias")
    return y if bias is None else y + bias


def gelu(x):
    return F.gelu(x, approximate="tanh")


def mean_of_bag(table, ids):
    is_value = (ids >= 0).double().unsqueeze(-1)
    return (table[ids.clamp(min=0)] * is_value).sum(1) / is_value.sum(1).clamp(min=1)


def embeddings(weights, batch):
    return [
        weights["a.embedding"][batch["a"]],
        weights["b.embedding"][batch["b"]],
        mean_of_bag(weights["tags.embedding"], batch["tags"]),
    ]


def inputs(weights, batch):
    return torch.cat([*embeddings(weights, batch), batch["numbers"]], 1)


def mix(weights, name, x, experts, temperature=1.0):
    """A softmax gate over experts [B, n, d]."""
    hidden = f"{name}.hidden.0"
    z = torch.relu(linear(weights, hidden, x)) if f"{hidden}.weight" in weights else x
    shares = torch.softmax(linear(weights, name, z) / temperature, -1)
    return (shares.unsqueeze(-1) * experts).sum(1)


def logit(weights, head, x):
    return linear(weights, f"{head}/logit", x).squeeze(1)


# ------------------------------------------------------------------------------------------------------------- truths


def both(first, second):
    """The conjunction of two (is true, is false) pairs: false as soon as one of them is."""
    return first[0] & second[0], first[1] | second[1]


def label(batch, name):
    value, known = batch[name]
    return known & (value == 1), known & (value == 0)


def bought(batch):
    """`buy` lies within `click`: the event is `click & buy`."""
    return both(label(batch, "click"), label(batch, "buy"))


def rows_of(truth, given=None):
    """What a probability is trained on: the target and which rows are known, where the condition holds."""
    is_true, is_false = truth
    known = is_true | is_false
    return is_true.double(), known if given is None else known & given


def mean(batch, loss, rows):
    counted = torch.where(rows, batch["weight"], torch.zeros_like(batch["weight"]))
    total = counted.sum()
    return (torch.where(counted > 0, loss, torch.zeros_like(loss)) * counted).sum() / total if total > 0 else 0 * loss.sum()


# ------------------------------------------------------------------------------------------------------------- losses


def bce(z, y):
    return F.softplus(z) - y * z


def focal(log_true, log_false, y, gamma=2.0, alpha=0.5):
    hit = -alpha * (1 - log_true.exp()) ** gamma * log_true
    miss = -(1 - alpha) * (1 - log_false.exp()) ** gamma * log_false
    return torch.where(y > 0.5, hit, miss)


def focal_of(z, y, gamma=2.0, alpha=0.5):
    return focal(F.logsigmoid(z), F.logsigmoid(-z), y, gamma, alpha)


def huber(error, delta):
    size = error.abs()
    return torch.where(size <= delta, error**2 / 2, delta * (size - delta / 2))


def l2(weights, names, touched=None):
    """Of a table that is updated sparsely, the rows that the batch uses, each once."""
    total = torch.zeros(())
    for name in names:
        value = weights[name]
        total = total + (value if touched is None or name not in touched else value[touched[name]]).square().sum()
    return total


# ------------------------------------------------------------------------------------------------------------- models


def mmoe(weights, batch, touched, statistics):
    x = inputs(weights, batch)
    experts = torch.relu(linear(weights, "pool.0", x))
    towers = [torch.relu(linear(weights, f"t{i}.0", mix(weights, f"g{i}", x, experts))) for i in (1, 2)]
    click, on_click = rows_of(label(batch, "click"))
    buy, on_buy = rows_of(bought(batch))
    return [
        ("loss/ctr", 1, mean(batch, bce(logit(weights, "ctr", towers[0]), click), on_click)),
        ("loss/ctcvr", 0.5, mean(batch, bce(logit(weights, "ctcvr", towers[1]), buy), on_buy)),
        ("penalty/reg", 1e-3, l2(weights, weights)),
    ]


def ple(weights, batch, touched, statistics):
    x = inputs(weights, batch)
    shared, click_own, buy_own = (torch.relu(linear(weights, f"{name}.0", x)) for name in ("s1", "c1", "v1"))
    join = lambda *experts: torch.cat(experts, 1)
    for_click = mix(weights, "gc1", x, join(shared, click_own), 2)
    for_buy = mix(weights, "gv1", x, join(shared, buy_own))
    for_all = mix(weights, "gs1", x, join(shared, click_own, buy_own))
    shared = gelu(linear(weights, "s2.0", for_all))
    click_own = F.silu(linear(weights, "c2.0", for_click))
    buy_own = F.softplus(linear(weights, "v2.0", for_buy))
    z_click = logit(weights, "ctr", mix(weights, "gc2", for_click, join(shared, click_own)))
    z_buy = logit(weights, "cvr", mix(weights, "gv2", for_buy, join(shared, buy_own)))
    click, on_click = rows_of(label(batch, "click"))
    buy, on_buy = rows_of(bought(batch), label(batch, "click")[0])
    tables = [name for name in weights if name.endswith(".embedding")]
    return [
        ("loss/ctr", 1, mean(batch, bce(z_click, click), on_click)),
        ("loss/cvr", 0.7, mean(batch, focal_of(z_buy, buy, 1.5, 0.3), on_buy)),
        ("penalty/reg", 1e-2, l2(weights, tables, touched)),
    ]


def esmm(weights, batch, touched, statistics):
    x = inputs(weights, batch)
    tower = torch.relu(linear(weights, "tc.1", torch.relu(linear(weights, "tc.0", x))))
    z_click = logit(weights, "ctr", tower)
    z_buy = logit(weights, "cvr", torch.tanh(linear(weights, "tv.0", x)))
    log_bought = F.logsigmoid(z_click) + F.logsigmoid(z_buy)
    log_not = torch.log1p(-log_bought.exp())
    click, on_click = rows_of(label(batch, "click"))
    buy, on_buy = rows_of(bought(batch))
    return [
        ("loss/ctr", 1, mean(batch, bce(z_click, click), on_click)),
        ("loss/ctcvr", 1, mean(batch, -buy * log_bought - (1 - buy) * log_not, on_buy)),
        ("loss/cvr", 0.3, mean(batch, bce(z_buy, buy), on_buy)),
        # The complement sees the rows of its event, with the truth turned over.
        ("loss/nobuy", 0.2, mean(batch, focal(log_not, log_bought, 1 - buy), on_buy)),
        ("penalty/reg", 1e-2, l2(weights, [name for name in weights if name.endswith(".weight")])),
    ]


def watch(weights, batch, touched, statistics):
    x = inputs(weights, batch)
    crossed = x
    for layer in range(2):
        direction = weights[f"base/1.{layer}.weight"].reshape(-1, 1)
        crossed = x * (crossed @ direction) + weights[f"base/1.{layer}.bias"] + crossed
    base = torch.relu(linear(weights, "base.0", torch.cat([x, crossed], 1)))
    parts = embeddings(weights, batch)
    pairs = (sum(parts).square() - sum(part.square() for part in parts)).sum(1) / 2
    z_click = logit(weights, "ctr", base) + 0.5 * pairs
    stay = F.softplus(logit(weights, "st", torch.relu(linear(weights, "st/1.0", base))))
    stay_2 = torch.exp(logit(weights, "st2", torch.relu(linear(weights, "st2/1.0", base))).clamp(max=30))
    click, on_click = rows_of(label(batch, "click"))
    amount, known = batch["stay"]
    is_click, is_no_click = label(batch, "click")
    # An amount that is null is 0 for sure where the event that it lies within did not happen.
    whole = torch.where(known, amount, torch.zeros_like(amount))
    return [
        ("loss/ctr", 1, mean(batch, bce(z_click, click), on_click)),
        ("loss/st", 0.01, mean(batch, huber(stay - amount, 20.0), is_click & known)),
        ("loss/st2", 1e-4, mean(batch, (stay_2 - amount) ** 2, is_click & known)),
        ("loss/wt", 1e-4, mean(batch, (torch.sigmoid(z_click) * stay - whole) ** 2, known | is_no_click)),
    ]


def norms(weights, batch, touched, statistics):
    counts = batch["weight"] > 0

    def batch_norm(x, name, momentum):
        rows = x[counts]
        center, spread = rows.mean(0), rows.var(0, unbiased=False)
        for part, now in (("mean", center), ("variance", spread)):
            statistics[f"{name}.{part}"] = momentum * weights[f"{name}.{part}"] + (1 - momentum) * now.detach()
        return (x - center) / (spread + 1e-5).sqrt() * weights[f"{name}.scale"] + weights[f"{name}.shift"]

    h = inputs(weights, batch)
    for layer in range(2):
        h = torch.relu(batch_norm(linear(weights, f"base.{layer}", h), f"base.{layer}", 0.99))
    first = linear(weights, "t1.0", h)
    first = F.layer_norm(first, first.shape[-1:], eps=1e-5) * weights["t1.0.scale"] + weights["t1.0.shift"]
    second = batch_norm(torch.relu(linear(weights, "t2/1.0", h)), "t2", 0.9)
    click, on_click = rows_of(label(batch, "click"))
    buy, on_buy = rows_of(bought(batch), label(batch, "click")[0])
    trained = [name for name in weights if not name.endswith((".mean", ".variance"))]
    return [
        ("loss/ctr", 1, mean(batch, focal_of(logit(weights, "ctr", gelu(first)), click, 2, 0.25), on_click)),
        ("loss/cvr", 1, mean(batch, focal_of(logit(weights, "cvr", second), buy), on_buy)),
        ("penalty/reg", 1e-3, l2(weights, trained, touched)),
    ]
