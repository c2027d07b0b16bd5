"""Comment trees: what the ids say, what is missing, and the longest threads."""

from datetime import timedelta

from frames import START, posts
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.comment_trees import CommentTrees, measure_comment_trees
from review.analysis.links import link_posts
from review.incident.tables import POSTS
from review.settings.links import load_link_settings

S = load_link_settings()
NOTE: dict[str, object] = {"item_id": "n", "title": "掉渣", "published_at": START}


def said(ident: str, minutes: float, parent: str | None = None, **more: object) -> dict[str, object]:
    return {
        "kind": "reply" if parent else "comment", "item_id": ident, "thread_id": "n", "parent_id": parent, "author_name": f"@{ident}",
        "published_at": START + timedelta(minutes=minutes), "text": ident, **more,
    }  # fmt: skip


def trees(*rows: dict[str, object]) -> CommentTrees:
    frame = posts(*rows)
    found = measure_comment_trees(frame, link_posts(frame, S), S.threads)
    assert found is not None
    return found


def test_a_thread_tells_its_replies_depth_accounts_and_pace() -> None:
    found = trees(NOTE, said("a", 1, comments=9), said("b", 3, "a"), said("c", 5, "b", author_name="@b"), said("d", 9, "a"), said("e", 2))
    assert (found.comments, found.top_level, found.levels, found.discussed, found.claimed) == (5, 2, (2, 1), 1, 9)
    (thread,) = found.threads
    assert (thread.opener.text, thread.replies, thread.accounts, thread.depth, thread.claimed) == ("a", 3, 2, 3, 9)
    assert thread.half_after == timedelta(minutes=4)
    assert thread.post is not None
    assert thread.post.title == "掉渣"
    assert thread.rows.count == 4


def test_a_reply_whose_comment_is_missing_is_counted_and_opens_no_thread() -> None:
    found = trees(NOTE, said("a", 1), said("x", 2, "missing"), said("y", 3, "x"))
    assert (found.top_level, found.orphans, found.levels) == (1, 1, ())


def test_a_parent_that_is_the_post_itself_makes_a_top_level_comment_even_where_the_post_is_missing() -> None:
    found = trees(said("a", 1, "n", kind="comment"), said("b", 2, "n", kind="comment"))
    assert (found.top_level, found.orphans, found.discussed) == (2, 0, 1)


def test_a_reply_without_any_id_above_it_is_unplaced() -> None:
    found = trees(NOTE, said("a", 1), {**said("x", 2), "kind": "reply", "thread_id": None})
    assert (found.top_level, found.unplaced) == (1, 1)


def test_replies_of_which_only_the_thread_is_known_hang_below_its_opening_comment() -> None:
    found = trees(NOTE, said("a", 1), *({**said(f"x{i}", 2 + i), "kind": "reply", "root_id": "a"} for i in range(3)))
    assert (found.levels, found.by_root, found.threads[0].replies) == ((3,), 3, 3)


def test_no_comment_has_no_trees() -> None:
    for frame in (POSTS.empty(), posts(NOTE)):
        assert measure_comment_trees(frame, link_posts(frame, S), S.threads) is None


@settings(max_examples=60)
@given(st.lists(st.integers(-3, 12), min_size=1, max_size=12))
def test_every_comment_is_counted_once_and_threads_hold_only_what_is_below_them(parents: list[int]) -> None:
    rows = [said(f"c{i}", i, None if p < 0 or p == i else f"c{p}") for i, p in enumerate(parents)]
    found = trees(NOTE, *rows)
    placed = found.top_level + sum(found.levels) + found.orphans + found.unplaced
    assert placed <= found.comments == len(rows)
    below_orphans = found.comments - placed
    assert below_orphans == 0 or found.orphans or found.unplaced
    assert all(S.threads.least_replies <= each.replies <= sum(found.levels) for each in found.threads)
