"""Links against true parents on real repost cascades, and their speed.

    python benchmarks/links.py EXPORT.csv TRUTH.csv [LINKS.csv]

EXPORT.csv is a weibo-search style export, TRUTH.csv has id, parent_id ('' = reposts the original). Prints, as one line a case: edges whole, with half the
rows dropped, with chains stripped, with full-width colons, renamed accounts, minute-only times and shuffled rows; then files with 16-digit ids as a
spreadsheet damages them, and with times to the minute, read by the real intake; then planted copies; then seconds and memory at a million reposts.
LINKS.csv, where given, is written for other scorers.
"""

import random
import re
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from review.analysis.cascades import measure_cascades
from review.analysis.links import Links, link_posts, links_table
from review.analysis.mid_clock import mid_numbers
from review.incident.tables import POSTS, TEXT
from review.intake.load import LoadOptions, load
from review.settings.links import LinkSettings, load_link_settings

HOP = r"(?s)/{1,2}\s*@[^:：/@\s]{1,40}\s*[:：].*$"


def read_export(path: Path) -> pd.DataFrame:
    """The export as a posts table, row by row as it stands."""
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    at = pd.to_datetime(raw["发布时间"]).dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC").dt.as_unit("us")
    return POSTS.frame(
        {
            "file": [path.name] * len(raw),
            "row": np.arange(len(raw)) + 2,
            "kind": ["repost"] * len(raw),
            "platform": ["weibo"] * len(raw),
            "item_id": raw["id"],
            "id_origin": ["source"] * len(raw),
            "root_id": raw["retweet_id"],
            "author_name": raw["用户昵称"],
            "text": raw["微博正文"],
            "published_at": at,
            "time_precision": ["s"] * len(raw),
        },
        len(raw),
    )


def shuffled(posts: pd.DataFrame, seed: int) -> pd.DataFrame:
    return posts.sample(frac=1, random_state=seed).reset_index(drop=True)


def parents(posts: pd.DataFrame, links: Links) -> pd.Series:
    """By id: the parent row's id, '' for the original or none, `@name` for an account that was not collected."""
    table = links_table(posts, links)
    ids = set(table["id"])
    chosen = table["parent_id"].fillna("")
    return pd.Series(chosen.where(chosen.isin(ids) | chosen.str.startswith("@"), "").to_numpy(), index=table["id"].to_numpy())


def score(name: str, posts: pd.DataFrame, truth: pd.Series, settings: LinkSettings) -> Links:
    """One line: accuracy of edges, precision of non-root parents, wrong direct claims among chain rows."""
    start = time.perf_counter()
    links = link_posts(posts, settings)
    seconds = time.perf_counter() - start
    got = parents(posts, links)
    true = truth.reindex(got.index)
    row = ~got.str.startswith("@")
    claimed = row & (got != "")
    wrong = claimed & (got != true)
    chained = posts["text"].str.contains("//@").fillna(False).to_numpy(dtype=bool)
    flat = got.where(row, "")
    print(
        f"{name}: rows {len(posts)} accuracy {(flat == true).mean():.4f} non-root precision {1 - wrong.sum() / max(claimed.sum(), 1):.4f} "
        f"claimed {claimed.sum()} "
        f"wrong of chain rows {wrong.sum() / max(chained.sum(), 1):.4f} uncollected {len(links.parent) - links.named} "
        f"covered {links.is_direct()[: links.rows].mean():.3f} "
        f"backwards {links.backwards} cycles {links.cycles} repaired {links.repaired} ambiguous {links.ambiguous} {seconds:.1f} s"
    )
    return links


def calibration(posts: pd.DataFrame, links: Links, truth: pd.Series) -> None:
    """Share of right parents by kind and evidence."""
    table = links_table(posts, links)
    got = parents(posts, links)
    right = (got.where(~got.str.startswith("@"), "?") == truth.reindex(got.index)).to_numpy()
    named = (got.str.slice(1) == truth.reindex(got.index).map(posts.set_index("item_id")["author_name"])).to_numpy()
    right = np.where(table["evidence"] == "uncollected", named, right)
    print(pd.DataFrame({"kind": table["kind"], "evidence": table["evidence"], "right": right}).groupby(["kind", "evidence"])["right"].agg(["mean", "size"]))


def stripped(posts: pd.DataFrame) -> pd.DataFrame:
    """As tools export that cut the chain off."""
    return posts.assign(text=posts["text"].str.replace(HOP, "", regex=True).astype(posts["text"].dtype))


def numbered(export: Path) -> pd.DataFrame:
    """The cells of the export's rows whose ids have nine letters, with 16-digit ids; and an original of each, as such exports hold them."""
    raw = pd.read_csv(export, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    item, root = mid_numbers(raw["id"].astype(TEXT)), mid_numbers(raw["retweet_id"].astype(TEXT))
    keep = (item > 0) & (root > 0)
    made = raw[keep].reset_index(drop=True).assign(id=item[keep].astype(str), retweet_id=root[keep].astype(str))
    first = made.drop_duplicates("retweet_id")
    origins = pd.DataFrame({"id": first["retweet_id"], "retweet_id": "", "用户昵称": "", "发布时间": "", "微博正文": "原帖" + first["retweet_id"]})
    return pd.concat([origins, made], ignore_index=True)


def through_intake(cells: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The cells written as a CSV file and read by the real intake, in the order of the cells; and the warnings."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "export.csv"
        cells.to_csv(file, index=False, encoding="utf-8-sig")
        loaded = load((file,), LoadOptions(zone="Asia/Shanghai", mapping=None, case_file=None, captured_at=None))
    return loaded.incident.posts, tuple(text for table in loaded.import_log.tables for text in table.warnings)


def parent_rows(posts: pd.DataFrame, links: Links) -> pd.Series:
    """By row number of the file: that of the parent, -1 for none, -2 for an account that was not collected."""
    parent = links.parent[: links.rows]
    rows = posts["row"].to_numpy(dtype=np.int64)
    named = np.where(parent < 0, -1, -2)
    return pd.Series(np.where((parent >= 0) & (parent < links.rows), rows[np.clip(parent, 0, links.rows - 1)], named), index=rows)


def damaged_files(export: Path, settings: LinkSettings) -> None:
    """Files as spreadsheets save them against the whole one: share of rows with the same parent, and what was told about the damage."""
    cells = numbered(export)

    def cut(ids: pd.Series) -> pd.Series:
        return ids.where(ids == "", ids.str.slice(0, 15) + "0")

    def rounded(ids: pd.Series) -> pd.Series:
        return ids.map(lambda each: f"{float(each):.5E}" if each else "")

    variants = {
        "16-digit ids whole": cells,
        "the last digit of all ids 0": cells.assign(id=cut(cells["id"]), retweet_id=cut(cells["retweet_id"])),
        "the last digit of the originals' ids 0": cells.assign(retweet_id=cut(cells["retweet_id"])),
        "ids like 3.33E+15": cells.assign(id=rounded(cells["id"]), retweet_id=rounded(cells["retweet_id"])),
        "times to the minute": cells.assign(发布时间=cells["发布时间"].str.slice(0, 16)),
    }
    whole: pd.Series | None = None
    for name, each in variants.items():
        posts, warnings = through_intake(each)
        links = link_posts(posts, settings)
        found = parent_rows(posts, links)
        whole = found if whole is None else whole
        one, other = whole.align(found)
        print(
            f"{name}: rows {len(posts)} same parents {(one == other).mean():.5f} linked {(links.kind[: links.rows] > 0).sum()} "
            f"repaired {links.repaired} ambiguous {links.ambiguous} times by id {int(links.times.by_id.sum())}"
        )
        for warning in warnings:
            print(f"  told: {warning}")


def top_accounts(posts: pd.DataFrame, truth: pd.Series, settings: LinkSettings) -> None:
    """Whether the first amplifier of each cascade is the true one (ties count) with half of the rows missing."""
    ids = posts.set_index("item_id")
    chained = truth[truth != ""]
    true = pd.DataFrame({"root": ids["root_id"].reindex(chained.index).to_numpy(), "name": ids["author_name"].reindex(chained).to_numpy()})
    sizes = {root: group.droplevel(0) for root, group in true.groupby(["root", "name"]).size().groupby(level=0)}
    for seed in range(3):
        half = posts.sample(frac=0.5, random_state=seed).sort_index().reset_index(drop=True)
        score(f"half of the rows, seed {seed}", half, truth, settings)
        right = named = 0
        for root, rows in half.groupby("root_id"):
            part = rows.reset_index(drop=True)
            found = measure_cascades(part, link_posts(part, settings), settings.cascades).amplifiers
            if found and root in sizes:
                named += 1
                right += sizes[root].get(found[0].name, 0) == sizes[root].max()
        print(f"  first amplifier: named in {named} of {len(sizes)} cascades, right in {right / max(named, 1):.3f} of them")


def edited(text: str, how: int, chance: random.Random, words: str) -> str:
    """A copy with a prefix, cut, 15 % changed, or with its sentences shuffled."""
    if how == 0:
        return "转:" + "".join(chance.choices(words, k=12)) + "," + text
    if how == 1:
        return text[: int(len(text) * 0.6)]
    if how == 2:
        return "".join(chance.choice(words) if chance.random() < 0.15 else letter for letter in text)
    parts = re.findall(r"[^。!！?？,，]+[。!！?？,，]?", text)
    chance.shuffle(parts)
    return "".join(parts)


def copies(posts: pd.DataFrame, settings: LinkSettings, count: int = 2000) -> None:
    """Planted copies of real texts: exact source, and false flags among the rest."""
    chance = random.Random(5)
    texts = posts["text"].str.replace(HOP, "", regex=True).str.strip()
    texts = texts[texts.str.len() >= 40].drop_duplicates()
    chosen: list[str] = texts.sample(min(2 * count, len(texts)), random_state=1).tolist()
    words = "".join(chosen)
    half = len(chosen) // 2
    rows = [(f"s{i}", text, i) for i, text in enumerate(chosen)]
    rows += [(f"c{i}", edited(chosen[i], i % 4, chance, words), len(chosen) + i) for i in range(half)]
    frame = POSTS.frame(
        {
            "file": ["c.csv"] * len(rows), "row": np.arange(len(rows)) + 2, "kind": ["post"] * len(rows), "platform": ["xhs"] * len(rows),
            "item_id": [row[0] for row in rows], "text": [row[1] for row in rows],
            "time_precision": ["s"] * len(rows),
            "published_at": pd.to_datetime([1_700_000_000 + 60 * row[2] for row in rows], unit="s", utc=True).as_unit("us"),
        },
        len(rows),
    )  # fmt: skip
    start = time.perf_counter()
    table = links_table(frame, link_posts(frame, settings)).set_index("id")["parent_id"]
    seconds = time.perf_counter() - start
    found = [table[f"c{i}"] == f"s{i}" for i in range(half)]
    for how, name in enumerate(("prefix", "cut", "15 % changed", "shuffled")):
        print(f"  copies, {name}: exact source {np.mean(found[how::4]):.3f}")
    claims = table.dropna()
    right = sum(parent == f"s{ident[1:]}" for ident, parent in zip(claims.index.astype(str), claims, strict=True) if ident.startswith("c"))
    print(f"  links out of near-copies: {len(claims)}, right {right / max(len(claims), 1):.3f}")
    false = np.mean([isinstance(table[f"s{i}"], str) for i in range(len(chosen))])
    print(f"copies: exact source {np.mean(found):.3f} of {half}; false flags {false:.4f} of {len(chosen)}; {seconds:.1f} s")


def million(posts: pd.DataFrame, settings: LinkSettings, count: int = 1_000_000) -> None:
    """The cascades repeated to a million reposts: seconds and memory over the loaded table."""
    renamed = ("item_id", "root_id")
    parts = [posts.assign(**{name: (posts[name] + f"x{again}").astype(TEXT) for name in renamed}) for again in range(-(-count // len(posts)))]
    many = pd.concat(parts, ignore_index=True).iloc[:count].reset_index(drop=True)
    many["row"] = pd.array(np.arange(count) + 2, dtype="Int64")
    del parts
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    start, worked = time.perf_counter(), time.process_time()
    links = link_posts(many, settings)
    middle = time.perf_counter()
    found = measure_cascades(many, links, settings.cascades)
    end, busy = time.perf_counter(), time.process_time() - worked
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"{len(many)} reposts: link {middle - start:.1f} s, measure {end - middle:.1f} s, of both {busy:.1f} s on the processor; "
        f"{found.originals} cascades; peak {after} MB, {after - before} MB over before"
    )


def main(export: Path, truth_file: Path, out: Path | None) -> None:
    settings = load_link_settings()
    posts = read_export(export)
    raw = pd.read_csv(truth_file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    truth = pd.Series(raw["parent_id"].to_numpy(), index=raw["id"].to_numpy())
    links = score("whole", posts, truth, settings)
    calibration(posts, links, truth)
    if out is not None:
        links_table(posts, links).to_csv(out, index=False)
    score("shuffled rows", shuffled(posts, 3), truth, settings)
    score("chains stripped", stripped(posts), truth, settings)
    wide = posts["text"].str.replace(r"(//@[^:]{1,40}):", r"\1:", regex=True).astype(TEXT)
    score("full-width colons", posts.assign(text=wide), truth, settings)
    chance = np.random.default_rng(1)
    changed = set(chance.choice(posts["author_name"].unique(), 5000, replace=False))
    renamed = posts["author_name"].where(~posts["author_name"].isin(changed), posts["author_name"] + "新").astype(TEXT)
    score("5000 renamed accounts", posts.assign(author_name=renamed), truth, settings)
    minutes = posts.assign(
        published_at=posts["published_at"].dt.floor("min"), time_precision=pd.Series(["min"] * len(posts)).astype(posts["time_precision"].dtype)
    )
    score("minute-only times", minutes, truth, settings)
    damaged_files(export, settings)
    top_accounts(posts, truth, settings)
    copies(posts, settings)
    million(posts, settings)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
