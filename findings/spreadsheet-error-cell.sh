#!/usr/bin/env bash
# A cell that shows #N/A or #DIV/0! is read as an empty text, as if nothing stood there.
#
# One expects: a reader of workbooks tells an error (cell type "e", ECMA-376 §18.18.11) from an empty cell. The
# library below has a value of its own for it, and openpyxl and LibreOffice give the words "#N/A".
# What happens: python-calamine 0.9.1 (on calamine 0.37, whose own value Data::Error is there) returns '' for it in
# to_python() and in iter_rows(), and nothing on the sheet tells which cells these were. The same for a formula
# whose result was never saved.
# Why it matters here: an empty cell of the table of schools is printed as a line to write on. A lookup that failed
# would give every school such a line, without a word. So reading/workbooks.py asks the XML of the sheet.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5
"$folder/venv/bin/python" - "$folder/error.xlsx" <<'PYTHON'
import sys
import zipfile
from importlib.metadata import version

from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

path = sys.argv[1]
book = Workbook()
book.active.append(["id", "phone"])
book.active.append(["noord", "03 000 00 00"])
book.active.append(["zuid", "#N/A"])  # openpyxl writes a cell of the type "e"
book.save(path)

xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
print("python-calamine", version("python-calamine"))
print("in the file:   ", xml[xml.index('<c r="B3"') : xml.index("</row></sheetData>")])
print("openpyxl:      ", repr(load_workbook(path, data_only=True).active["B3"].value))
sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
read = sheet.to_python()
print("to_python():   ", read)
print("iter_rows():   ", list(sheet.iter_rows()))
assert 't="e"' in xml
assert read[2] == list(sheet.iter_rows())[2] == ["zuid", ""], "it tells an error now: take the survey out"
PYTHON
