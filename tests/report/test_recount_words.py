"""An outside auditor's recount of groups of like texts, flows between platforms, standing phrases and tiers of users, by what their claims say."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from math import log, sqrt

import pytest
from auditor import Delivered, at, moment, sample

BRACKETED = re.compile(r"\[[^\[\]]{1,8}\]")


def triples(row: Mapping[str, str]) -> set[str]:
    text = re.sub(r"https?://[!-~]+|\s+", "", row["标题"] + row["内容"])
    return {text[i : i + 3] for i in range(len(text) - 2)}


def own_words(row: Mapping[str, str]) -> str:
    """The writer's own: without #话题#, the //@ chain, “回复@…：” and links."""
    text = re.split(r"//\s*@", f"{row['标题']}\n{row['内容']}")[0]
    return re.sub(r"https?://[!-~]+|#[^#\n]+#|^\s*回复\s*@[^:：]+[:：]", "\n", text, flags=re.MULTILINE)


def groups_of(held: Delivered) -> dict[str, list[int]]:
    found = defaultdict(list)
    for number, link in held.links.items():
        if link["copy_group"]:
            found[link["copy_group"]].append(number)
    return found


def connected(held: Delivered, numbers: Iterable[int]) -> bool:
    """Whether each is like another, and all hang together: half of the shorter text's triples stand in the other."""
    left = {number: triples(held.rows[number]) for number in numbers}
    reached = [left.pop(min(left))]
    for text in reached:
        like = [number for number, other in left.items() if 2 * len(text & other) >= min(len(text), len(other))]
        reached += [left.pop(number) for number in like]
    return not left


def test_groups_of_like_texts_are_those_of_links_csv_and_hold_together_as_their_claim_says() -> None:
    held, groups = sample(), groups_of(sample())
    assert len(groups) == held.named("相近文字的组数")[0]["value"]
    for claim in held.named("(相近文字的组数|有相近文字的帖文数)"):
        assert set(held.numbers(claim)) == {number for numbers in groups.values() for number in numbers}
    (posts,) = held.named("有相近文字的帖文数")
    assert posts["value"] == sum(map(len, groups.values()))
    assert all(len(numbers) > 1 and connected(held, numbers) for numbers in groups.values())
    assert not connected(held, [numbers[0] for numbers in groups.values()])


def test_the_largest_groups_are_told_with_their_rows_and_their_first_and_last_time() -> None:
    held, groups = sample(), groups_of(sample())
    sizes = held.named("一组相近文字的帖文数")
    assert len(sizes) == 8
    assert [claim["value"] for claim in sizes] == sorted(map(len, groups.values()), reverse=True)[:8] == [len(groups[str(i + 1)]) for i in range(8)]
    ends = {what: [moment(claim["value"]) for claim in held.named(what)] for what in ("组内最早已知帖的时间", "组内最后一帖的时间")}
    for i, claim in enumerate(sizes):
        assert sorted(held.numbers(claim)) == groups[str(i + 1)]
        times = [at(held.rows[number]["时间"]) for number in groups[str(i + 1)]]
        assert min(times) in ends["组内最早已知帖的时间"]
        assert max(times) in ends["组内最后一帖的时间"]


def test_equal_texts_of_twenty_characters_are_never_in_two_groups() -> None:
    held = sample()
    rules = held.settings["links.toml"]["copies"]
    same = defaultdict(set)
    for number, row in held.rows.items():
        text = re.sub(r"https?://[!-~]+|\s+", "", row["标题"] + row["内容"])
        if row["记录"] in ("帖子", "报道") and len(text) >= rules["least_characters"]:
            same[text].add(held.links[number]["copy_group"])
    assert all(len(groups) == 1 for groups in same.values())
    assert any(groups != {""} for groups in same.values())


def test_links_between_platforms_are_the_rows_of_links_csv_whose_source_stands_elsewhere() -> None:
    held = sample()
    platform = {row["编号"]: row["平台"] for row in held.rows.values() if row["编号"]}
    crossing = {number for number, link in held.links.items() if link["parent_id"] in platform and platform[link["parent_id"]] != held.rows[number]["平台"]}
    (explicit,) = {claim["value"] for claim in held.named("跨平台可确认的关联数")}
    assert explicit == sum(held.links[number]["kind"].startswith("E") for number in crossing) == 0
    for claim in held.named("跨平台推断的关联数"):
        assert set(held.numbers(claim)) == {number for number in crossing if held.links[number]["kind"].startswith("I")}
        assert claim["value"] == len(held.numbers(claim))
    groups = groups_of(held)
    for number in crossing:  # a copy's source is the one earlier post of its group
        link = held.links[number]
        earlier = [each for each in groups[link["copy_group"]] if held.rows[each]["时间"] < held.rows[number]["时间"]]
        assert [held.rows[each]["编号"] for each in earlier] == [link["parent_id"]]


def test_links_are_counted_by_the_evidence_that_stands_beside_them() -> None:
    held = sample()
    counts: dict[str, int] = defaultdict(int)
    for link in held.links.values():
        counts[link["evidence"]] += 1
    told = held.named("按来源依据计数的关联")
    assert sorted(claim["value"] for claim in told) == sorted(counts[name] for name in ("parent_id", "thread", "copy"))
    assert all("links.csv" in claim["how"] for claim in told)


@cache
def users() -> tuple[int, ...]:
    (claim,) = sample().named("未列出的主题数")
    return tuple(sample().numbers(claim))


@cache
def salient() -> tuple[dict[str, set[int]], dict[str, float]]:
    """Every short run of Chinese characters with the rows that hold it, and its standardised log-odds ratio between negative rows and the others."""
    held, rules = sample(), sample().settings["themes.toml"]["phrases"]
    negative = {number: held.labels[number]["标签"] == "负面" for number in users() if held.labels[number]["标签"]}
    rows: dict[str, set[int]] = defaultdict(set)
    sizes = range(rules["shortest"], rules["longest"] + 1)
    for number in negative:
        for run in re.findall("[\u3400-\u9fff]+", BRACKETED.sub("\n", own_words(held.rows[number]))):
            for size in sizes:
                for i in range(len(run) - size + 1):
                    rows[run[i : i + size]].add(number)
    z = {}
    for size in sizes:
        counts = {text: (sum(negative[number] for number in held_by), len(held_by)) for text, held_by in rows.items() if len(text) == size}
        bad, every = sum(k for k, _ in counts.values()), sum(n for _, n in counts.values())
        prior = rules["prior"]
        for text, (k, n) in counts.items():
            a, b = k + prior * n, n - k + prior * n
            if k >= rules["least_count"]:
                odds = log(a / (bad + prior * every - a)) - log(b / (every - bad + prior * every - b))
                z[text] = odds / sqrt(1 / a + 1 / b)
    return rows, z


def test_a_standing_phrase_is_counted_in_all_rows_that_hold_it_and_ranked_by_its_odds() -> None:
    held = sample()
    rows, z = salient()
    told = [(match[1], match[2], claim) for claim in held.claims if (match := re.fullmatch("“(.+)”出现的(负面|其他)条数", claim["what"]))]
    assert len(told) > 10
    for text, side, claim in told:
        assert set(held.numbers(claim)) == rows[text]
        assert claim["value"] == sum((held.labels[number]["标签"] == "负面") == (side == "负面") for number in rows[text])
    ranked = list(dict.fromkeys(text for text, _, _ in told))
    assert ranked == sorted(ranked, key=lambda text: -z[text])
    assert ranked[0] == max(z, key=lambda text: z[text])
    assert all(z[text] >= held.settings["themes.toml"]["phrases"]["least_z"] for text in ranked)


def tiered() -> dict[int, tuple[str, str]]:
    """Each users' row with its tier and how it came to it."""
    held = sample()
    said = {tier["id"]: re.compile("|".join(tier["patterns"])) for tier in held.settings["tiers.toml"]["tier"] if tier["patterns"]}
    members = {name.strip().casefold() for name in next(row["值"] for row in held.rows.values() if row["项"] == "核心用户名单").split("、")}
    authors = {number: (held.rows[number]["平台"], held.rows[number]["作者"]) for number in users()}
    speakers = {tier: {authors[n] for n in users() if pattern.search(own_words(held.rows[n]).lower())} for tier, pattern in said.items()}
    found = {}
    for number in users():
        row = held.rows[number]
        author = authors[number]
        if row["用户层级"]:
            found[number] = row["用户层级"], "column"
        elif row["作者"].strip().casefold() in members:
            found[number] = "核心", "list"
        elif author in speakers["core"] | speakers["potential"]:
            found[number] = "核心" if author in speakers["core"] else "潜在", "said"
        else:
            found[number] = "普通", "rest"
    return found


def test_tiers_of_users_are_told_by_the_column_the_list_and_what_authors_say_of_themselves() -> None:
    held, found = sample(), tiered()
    for name in ("核心", "潜在", "普通"):
        (n,), (authors,) = held.named(f"{name}用户的条数"), held.named(f"{name}用户的作者数")
        mine = {number for number, (tier, _) in found.items() if tier == name}
        assert set(held.numbers(n)) == mine
        assert n["value"] == len(mine)
        assert authors["value"] == len({(held.rows[number]["平台"], held.rows[number]["作者"]) for number in mine})
        assert any("核心用户名单" in source["text"] for source in n["sources"])  # typed: without it the count cannot be had
    by = [by for _, by in found.values()]
    assert {claim["value"] for claim in held.named("按此依据分层的条数")} == {by.count(name) for name in ("list", "said", "rest")}


@pytest.mark.parametrize("what", ["相近文字的组数", "有相近文字的帖文数", "一组相近文字的帖文数", "最大一组的帖文数", "图中相近文字的组数"])
def test_what_makes_texts_alike_is_told_with_its_settings(what: str) -> None:
    for claim in sample().named(what):
        assert "copy_group" in claim["how"]
        assert "设置 links.toml，copies" in {source["text"] for source in claim["sources"]}


def test_the_peak_of_an_emotion_is_the_share_of_the_stretch_its_claim_names() -> None:
    held = sample()
    (claim,) = held.named("“支持”占比的最高值")
    match = re.match(r"(\d+)月(\d+)日 (\d+:\d+) 至 (\d+)月(\d+)日 (\d+:\d+) 的一段", claim["how"])
    assert match, claim["how"]
    start, end = (f"2026-{int(month):02}-{int(day):02} {time}" for month, day, time in (match.groups()[:3], match.groups()[3:]))
    inside = [held.labels[number] for number in held.numbers(claim) if start <= held.labels[number]["时间"] < end]
    assert claim["value"] == pytest.approx(sum("支持" in label["情绪"].split("、") for label in inside) / len(inside))
    (when,) = held.named("“支持”占比最高的时段")
    assert moment(when["value"]) == at(start)


def test_the_shape_of_a_cascade_is_recounted_along_the_parents_of_links_csv() -> None:
    held = sample()
    parent = {link["id"]: link["parent_id"] for link in held.links.values()}
    ways: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    for number, row in held.rows.items():
        if row["记录"] == "转发":
            way = [held.links[number]["id"]]
            while parent.get(way[-1]):
                way.append(parent[way[-1]])
            ways[way[-1]].append((number, way))
    largest = sorted(ways.values(), key=lambda found: -len(found))[:3]
    told = {what: [claim["value"] for claim in held.named(what)] for what in ("原帖的转发数", "任意两条内容间的平均距离", "转发采集率")}
    assert told["原帖的转发数"] == [len(found) for found in largest]
    for found, distance in zip(largest, told["任意两条内容间的平均距离"], strict=True):
        below: dict[str, int] = defaultdict(int)
        for _, way in found:
            for each in way[:-1]:
                below[each] += 1
        n = len(found) + 1
        assert distance == pytest.approx(2 * sum(size * (n - size) for size in below.values()) / (n * (n - 1)))
    (first, *_) = largest
    branches: dict[str, int] = defaultdict(int)
    for _, way in first:
        branches[way[-2]] += 1
    for what, value in (
        ("平均转发层级", sum(len(way) - 1 for _, way in first) / len(first)),
        ("最长的转发层级", max(len(way) - 1 for _, way in first)),
        ("首层转发占比", sum(len(way) == 2 for _, way in first) / len(first)),
        ("最大一支的占比", max(branches.values()) / len(first)),
    ):
        (claim,) = held.named(what)
        assert claim["value"] == pytest.approx(value), what
    originals = {link["id"]: number for number, link in held.links.items()}
    captured = [len(found) / int(held.rows[originals[found[0][1][-1]]]["转发"]) for found in largest]
    assert told["转发采集率"][1:] == pytest.approx(captured)


def test_comments_that_repeat_others_word_for_word_are_recounted_by_the_limits_of_the_settings() -> None:
    held = sample()
    rules = held.settings["links.toml"]["coordination"]
    (claim,) = held.named("与他人文字相同的评论占比")
    assert "设置 links.toml，coordination" in {source["text"] for source in claim["sources"]}
    plain = {
        number: "".join(c for c in held.rows[number]["内容"] if unicodedata.category(c)[0] not in "PSZ" and not c.isspace()) for number in held.numbers(claim)
    }
    assert min(map(len, plain.values())) >= rules["repeated_characters"]
    of_text = defaultdict(list)
    for number, text in plain.items():
        of_text[text].append((held.rows[number]["平台"], held.rows[number]["作者"]))
    most = max(2, rules["slogan_share"] * len(plain))
    repeated = sum(len(authors) for authors in of_text.values() if len(set(authors)) > 1 and len(authors) <= most)
    assert claim["value"] == pytest.approx(repeated / len(plain))


def test_negative_rows_that_name_others_alone_stand_over_as_many_as_their_claim_says() -> None:
    held = sample()
    negative = sum(label["标签"] == "负面" and "品牌" not in held.rows[number]["作者类型"] for number, label in held.labels.items())
    told = list(zip(held.named("负面内容中只点名他人的条数"), held.named("负面内容中只点名他人的比例"), strict=True))
    assert told
    for count, share in told:
        match = re.search(r"的 ([\d,]+) 条", share["how"])
        assert match
        n = int(match[1].replace(",", ""))
        assert n == negative
        assert count["value"] == len(held.numbers(count))
        assert share["value"] == pytest.approx(count["value"] / n)
