"""Whose a row is: what tells one account from another on its platform."""

import pandas as pd


def account_keys(posts: pd.DataFrame) -> pd.Series:
    """The author's key a row, else the name, NA without either; beside the platform it tells accounts apart.

    A name without a key is the account of that name whose key another row gives, where the platform shows exactly one.
    """
    key, name = posts["author_key"], posts["author_name"]
    bare = (key.isna() & name.notna()).to_numpy()
    if not bare.any() or bool(key.isna().all()):
        return key.fillna(name)
    keyed = posts.loc[key.notna().to_numpy() & name.isin(name[bare].unique()).to_numpy(), ["platform", "author_name", "author_key"]].drop_duplicates()
    if keyed.empty:
        return key.fillna(name)
    alone = keyed[~keyed.duplicated(["platform", "author_name"], keep=False)]
    known = alone.set_index(pd.MultiIndex.from_arrays([alone["platform"].astype(object), alone["author_name"].astype(object)]))["author_key"]
    asked = pd.MultiIndex.from_arrays([posts["platform"][bare].astype(object), name[bare].astype(object)])
    made = key.copy()
    made[bare] = known.reindex(asked).array
    return made.fillna(name)
