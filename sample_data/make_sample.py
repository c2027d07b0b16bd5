"""Writes the sample data: python sample_data/make_sample.py [FOLDER]. The same files byte for byte every time; needs the program installed."""

import argparse
import json
from pathlib import Path

from make.exports import export_files
from make.incident import make
from make.log import COLUMNS, csv_bytes
from make.screenshots import screenshots
from make.truth import EMOTIONS, audit_sheet, truth
from make.workbooks import minimal_workbook, typed_workbook


def files() -> dict[str, bytes]:
    """Path under sample_data → bytes of every file made."""
    made = make()
    result = {
        "incident.csv": csv_bytes(COLUMNS, made.rows),
        "incident.xlsx": typed_workbook(made),
        "minimal.xlsx": minimal_workbook(),
        "audit.csv": csv_bytes(("评论ID", "平台", "时间", "内容", "是否负面", *EMOTIONS), audit_sheet(made)),
        "truth.json": (json.dumps(truth(made), ensure_ascii=False, indent=1) + "\n").encode(),
    }
    result |= {f"exports/{name}": data for name, data in export_files(made).items()}
    result |= {f"screenshots/{name}": data for name, data in screenshots().items()}
    return result


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    folder = options.parse_args().folder
    for name, data in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(path)


if __name__ == "__main__":
    main()
