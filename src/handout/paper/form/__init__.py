"""Fields on a finished piece: what a school has no row for is typed into the PDF itself.

A field stands on the line of its slot, beside the word that is printed there (`rooms`). What stood in the
slot until a school is named gives way to it, and its place among the tags is kept (`opening`), also when the
pages are laid on a print sheet. There each copy of a page gets the field too, under one name: what is typed
once stands everywhere (`writing`). The fonts are held whole (`fonts`), for nobody knows which letters will
come.
"""
