"""Two towers on one bottom, h: what the balances are tried on."""

from parts import click_and_buy, features, mlp


def losses(weights, rows):
    """The losses, and h, on which the tasks meet."""
    h = mlp(weights, "b", features(weights, rows), 2)
    return click_and_buy(weights, rows, h, h), h
