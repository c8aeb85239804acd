"""A photo or scan of a printed sheet, held against the PDF that it was printed from.

Needs OpenCV and NumPy, which come with the extra `photo`: nothing imports this folder before they are known
to be there.
"""
