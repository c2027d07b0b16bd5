"""Text columns as Arrow arrays, and codes that make equal texts equal numbers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def arrow_texts(texts: pd.Series) -> pa.Array:
    """The column as one Arrow array of large strings; NA as null."""
    made = pa.array(texts, pa.large_string(), from_pandas=True)
    if isinstance(made, pa.ChunkedArray):
        made = made.combine_chunks()
        return made if isinstance(made, pa.Array) else pa.concat_arrays(made.chunks)
    return made


def shared_codes(*columns: pa.Array) -> tuple[tuple[np.ndarray, ...], pa.Array]:
    """(a code array a column, the distinct texts): equal texts have equal codes over all columns; null has -1."""
    encoded = pc.dictionary_encode(pa.concat_arrays([column.cast(pa.large_string()) for column in columns]))
    codes = np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64)
    return tuple(np.split(codes, np.cumsum([len(column) for column in columns])[:-1])), encoded.dictionary


def texts_at(texts: pa.Array, rows: np.ndarray | Sequence[int]) -> list[str | None]:
    """The texts of these rows as Python strings."""
    made: list[str | None] = texts.take(pa.array(np.asarray(rows, dtype=np.int64))).to_pylist()
    return made
