"""A forest as a parent array: cycles found, sizes, depths, roots, structural virality; O(n), no recursion.

Two passes over plain lists: numpy by layers needs a step a layer and a path of a million nodes has a million of them.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forest:
    """Of every node: parent (-1 = a root), depth (root 0), root, size of its subtree (itself included), and place in preorder.

    The subtree of v fills places place[v] … place[v] + size[v] - 1; `at` is the node at each place.
    """

    parent: np.ndarray
    depth: np.ndarray
    root: np.ndarray
    size: np.ndarray
    place: np.ndarray
    at: np.ndarray

    def below(self, node: int) -> np.ndarray:
        """All descendants of a node, itself not among them."""
        start = int(self.place[node])
        return self.at[start + 1 : start + int(self.size[node])]


def on_cycles(parent: np.ndarray) -> np.ndarray:
    """Whether each node lies on a cycle (a node that is its own parent does)."""
    _, left = _leaves_first(parent)
    return left


def forest(parent: np.ndarray) -> Forest:
    """The forest of a parent array (int64, -1 = root). Raises ValueError where it has a cycle."""
    n = len(parent)
    order, left = _leaves_first(parent)
    if left.any():
        raise ValueError(f"{int(left.sum())} nodes lie on cycles")
    up = parent.tolist()
    size = [1] * n
    for v in order:  # children come before their parents
        if up[v] >= 0:
            size[up[v]] += size[v]
    depth, root, place, following = [0] * n, [0] * n, [0] * n, [0] * n
    start = 0
    for v in reversed(order):  # parents come before their children
        p = up[v]
        if p < 0:
            root[v], place[v] = v, start
            start += size[v]
        else:
            depth[v], root[v], place[v] = depth[p] + 1, root[p], following[p]
            following[p] += size[v]
        following[v] = place[v] + 1
    places = np.asarray(place, dtype=np.int64)
    at = np.empty(n, dtype=np.int64)
    at[places] = np.arange(n)
    return Forest(
        parent=parent,
        depth=np.asarray(depth, dtype=np.int64),
        root=np.asarray(root, dtype=np.int64),
        size=np.asarray(size, dtype=np.int64),
        place=places,
        at=at,
    )


def _leaves_first(parent: np.ndarray) -> tuple[list[int], np.ndarray]:
    """(nodes off cycles, every one after all its children; whether each node lies on a cycle)."""
    n = len(parent)
    up = parent.tolist()
    open_children = np.bincount(parent[parent >= 0], minlength=n)
    waiting = open_children.tolist()
    order = np.flatnonzero(open_children == 0).tolist()
    for v in order:  # grows while it is walked
        p = up[v]
        if p >= 0:
            waiting[p] -= 1
            if not waiting[p]:
                order.append(p)
    left = np.ones(n, dtype=bool)
    left[order] = False
    return order, left


def virality(trees: Forest) -> np.ndarray:
    """Structural virality of each root's tree (float64, a value a node that is a root, NaN elsewhere and for trees of one node): mean distance of all pairs.

    ν = 2 / (N (N - 1)) · Σ_{v ≠ root} s_v (N - s_v), s_v the size of v's subtree: every edge is crossed by s_v (N - s_v) pairs (Goel et al. 2016).
    """
    n = len(trees.parent)
    total = trees.size[trees.root].astype(np.float64)
    inner = trees.parent >= 0
    crossed = np.bincount(trees.root[inner], weights=trees.size[inner] * (total[inner] - trees.size[inner]), minlength=n)
    count = trees.size.astype(np.float64)
    made = np.full(n, np.nan)
    many = (trees.parent < 0) & (trees.size > 1)
    made[many] = 2 * crossed[many] / (count[many] * (count[many] - 1))
    return made
