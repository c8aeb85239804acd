"""Photos and scans of printed sheets, made by a seeded script from the PDFs: paper, printer, camera, scanner.

A sheet is printed on paper, smaller than it should be perhaps, askew, with weak toner, without its lowest
lines; its foot is cut off perhaps; it lies on a table, and is photographed from aside, blurred and noisy; or
it lies on the glass of a scanner. What was done is known, so that what is said of the photo can be judged.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating[Any]]

PRINT_PX_PER_MM = 8.0
"""203 dpi: finer than the camera sees it."""
ORIENTATION = 0x0112


@dataclass(frozen=True)
class Shot:
    """How a sheet is printed and seen."""

    seed: int
    scale: float = 1.0
    """Of the print."""
    corner: bool = False
    """The print is reduced towards the upper left corner, and not towards the middle."""
    skew_degrees: float = 0.0
    """How askew it lies on the paper."""
    toner: float = 1.0
    """How much of the ink is left, on average; below 1 it is uneven, and streaks run down."""
    unprinted_mm: float = 0.0
    """What the printer leaves empty at the foot of the paper."""
    cut_mm: float = 0.0
    """What is cut off at the foot."""
    scan_dpi: int = 0
    """0: a photo."""
    lid: float = 252.0
    """Of a scan: what is seen beside the paper."""
    tilt_degrees: tuple[float, float] = (0.0, 0.0)
    """From aside and from below."""
    roll_degrees: float = 0.0
    fills: float = 0.8
    """Part of the photo's height or width that the paper takes."""
    table: float = 90.0
    """The grey of the table."""
    stripes: float = 12.0
    """How much its wood differs."""
    light: float = 0.15
    """How much darker the far side is."""
    blur_px: float = 0.8
    smear_px: int = 0
    """By a hand that moved."""
    noise: float = 3.0
    bend: float = 0.0
    """How far the paper is bent up at the middle, as a part of its width."""
    quality: int = 85
    size_px: tuple[int, int] = (2250, 3000)
    orientation: int = 1
    """EXIF: how the camera was held."""


def printed(page: pypdfium2.PdfPage, shot: Shot) -> Grey:
    """Return the paper that comes out of the printer, and its foot perhaps cut off; PRINT_PX_PER_MM."""
    dice = np.random.default_rng(shot.seed)
    width_mm, height_mm = (length * 25.4 / 72 for length in page.get_size())
    drawn: Any = page.render(scale=PRINT_PX_PER_MM * 25.4 / 72, grayscale=True).to_numpy()
    drawn = drawn.reshape(drawn.shape[:2])
    size = round(width_mm * PRINT_PX_PER_MM), round(height_mm * PRINT_PX_PER_MM)
    middle = np.array(size) / 2
    cos, sin = (shot.scale * f(math.radians(shot.skew_degrees)) for f in (math.cos, math.sin))
    turn = np.array([[cos, -sin], [sin, cos]])
    shift = middle - turn @ middle
    if shot.corner:
        shift -= middle * (1 - shot.scale)
    small = cv2.GaussianBlur(drawn, (0, 0), 0.5)
    paper: Floats = cv2.warpAffine(
        small, np.hstack([turn, shift[:, None]]), size, flags=cv2.INTER_AREA, borderValue=255.0
    ).astype(np.float32)
    paper = 255 - (255 - paper) * _toner(size, shot, dice)
    lowest = round(shot.unprinted_mm * PRINT_PX_PER_MM)
    if lowest:
        paper[-lowest:] = 255
    cut = round(shot.cut_mm * PRINT_PX_PER_MM)
    return np.asarray(np.clip(paper[: size[1] - cut], 0, 255), np.uint8)


def _toner(size: tuple[int, int], shot: Shot, dice: np.random.Generator) -> Floats:
    """Return how much ink is left at each spot, 0 to 1."""
    if shot.toner >= 1:
        return np.ones((size[1], size[0]), np.float32)
    cloud = dice.normal(size=(8, 6)).astype(np.float32)
    even = cv2.resize(cloud, size, interpolation=cv2.INTER_CUBIC) * 0.12 + shot.toner
    for _ in range(int(dice.integers(1, 4))):
        at, wide = int(dice.integers(0, size[0])), int(dice.integers(6, 26))
        even[:, at : at + wide] *= float(dice.uniform(0.4, 0.8))
    specks = cv2.resize(
        dice.random((size[1] // 3, size[0] // 3), np.float32), size, interpolation=cv2.INTER_LINEAR
    )
    even[specks < 0.12] *= 0.3
    return np.asarray(np.clip(even, 0.05, 1), np.float32)


def _seen_from(shot: Shot, paper: tuple[int, int], dice: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the homography from the *paper*'s pixels to those of the photo."""
    width, height = shot.size_px
    u, v = paper
    corners = np.array([(0, 0, 0), (u, 0, 0), (u, v, 0), (0, v, 0)], np.float64) - (u / 2, v / 2, 0)
    aside, below, roll = (math.radians(d) for d in (*shot.tilt_degrees, shot.roll_degrees))
    about_y = np.array(
        [[math.cos(aside), 0, math.sin(aside)], [0, 1, 0], [-math.sin(aside), 0, math.cos(aside)]]
    )
    about_x = np.array(
        [[1, 0, 0], [0, math.cos(below), -math.sin(below)], [0, math.sin(below), math.cos(below)]]
    )
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    placed = corners @ (about_z @ about_x @ about_y).T
    placed[:, 2] += 1.25 * max(u, v)  # as far away as a hand that holds a phone over it
    flat = placed[:, :2] / placed[:, 2:]
    spread = flat.max(0) - flat.min(0)
    flat *= shot.fills * min(width / spread[0], height / spread[1])
    middle = (flat.max(0) + flat.min(0)) / 2
    room = (np.array([width, height]) - (flat.max(0) - flat.min(0))) / 2
    flat += np.array([width / 2, height / 2]) - middle + room * dice.uniform(-0.7, 0.7, 2)
    start = np.array([(0, 0), (u, 0), (u, v), (0, v)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(start, flat.astype(np.float32)), np.float64)


def _table(shot: Shot, dice: np.random.Generator) -> Floats:
    width, height = shot.size_px
    coarse = dice.normal(size=(height // 160 + 2, width // 12 + 2)).astype(np.float32)
    wood = cv2.resize(coarse, shot.size_px, interpolation=cv2.INTER_CUBIC) * shot.stripes
    grain = dice.normal(size=(height // 2, width // 2)).astype(np.float32) * shot.stripes * 0.3
    return np.asarray(np.clip(wood + cv2.resize(grain, shot.size_px) + shot.table, 0, 250), np.float32)


def photographed(paper: Grey, shot: Shot) -> Grey:
    """Return the photo of *paper* on a table, as the camera keeps it."""
    dice = np.random.default_rng(shot.seed + 1)
    around = 8
    bent = _bent(paper, shot.bend)
    edged = cv2.copyMakeBorder(bent, around, around, around, around, cv2.BORDER_CONSTANT, value=0)
    sheet = np.zeros_like(edged)
    sheet[around:-around, around:-around] = _bent(np.full_like(paper, 255), shot.bend, outside=0)
    to_photo = _seen_from(shot, (paper.shape[1], paper.shape[0]), dice) @ np.array(
        [[1, 0, -around], [0, 1, -around], [0, 0, 1.0]]
    )
    finer = max(paper.shape) * 1.0 / max(shot.size_px) / shot.fills
    if finer > 1.2:
        edged = cv2.GaussianBlur(edged, (0, 0), 0.35 * finer)
    seen = cv2.warpPerspective(edged, to_photo, shot.size_px).astype(np.float32)
    inside = cv2.warpPerspective(sheet, to_photo, shot.size_px).astype(np.float32) / 255
    shadow = cv2.GaussianBlur(np.roll(inside, (9, 7), (0, 1)), (0, 0), 9)
    back = _table(shot, dice) * (1 - 0.35 * shadow)
    white = float(dice.uniform(215, 245))
    mixed = inside * (seen * (white / 255) + 6) + (1 - inside) * back
    return _kept(mixed, shot, dice)


def _bent(paper: Grey, bend: float, outside: int = 255) -> Grey:
    """Return *paper* as it looks when its middle stands up a little: what is at its sides comes nearer."""
    if not bend:
        return paper
    height, width = paper.shape
    x = np.linspace(-1, 1, width, dtype=np.float32)
    from_x = ((x + bend * np.sin(math.pi * x)) + 1) / 2 * (width - 1)
    rows, columns = np.meshgrid(np.arange(height, dtype=np.float32), from_x, indexing="ij")
    return np.asarray(cv2.remap(paper, columns, rows, cv2.INTER_LINEAR, borderValue=float(outside)), np.uint8)


def _kept(seen: Floats, shot: Shot, dice: np.random.Generator) -> Grey:
    """Return what is *seen* after light, lens, hand and sensor."""
    height, width = seen.shape
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    towards = dice.uniform(0, 2 * math.pi)
    light = 1 - shot.light * (0.5 + 0.5 * (x * math.cos(towards) + y * math.sin(towards)))
    lit = seen * light.astype(np.float32)
    if shot.blur_px:
        lit = np.asarray(cv2.GaussianBlur(lit, (0, 0), shot.blur_px), np.float32)
    if shot.smear_px > 1:
        kernel = np.zeros((shot.smear_px, shot.smear_px), np.float32)
        angle = dice.uniform(0, math.pi)
        ends = [
            tuple(round((shot.smear_px - 1) / 2 * (1 + s * f(angle))) for f in (math.cos, math.sin))
            for s in (-1, 1)
        ]
        cv2.line(kernel, ends[0], ends[1], 1.0)
        lit = np.asarray(cv2.filter2D(lit, -1, kernel / kernel.sum()), np.float32)
    noisy = lit + dice.standard_normal(lit.shape, np.float32) * shot.noise
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def scanned(paper: Grey, shot: Shot, size_mm: tuple[float, float]) -> Grey:
    """Return the scan of *paper* on a glass of *size_mm*; it lies in its upper left corner, askew."""
    dice = np.random.default_rng(shot.seed + 2)
    per_mm = shot.scan_dpi / 25.4
    size = round(size_mm[0] * per_mm), round(size_mm[1] * per_mm)
    turn, scale = math.radians(shot.roll_degrees), per_mm / PRINT_PX_PER_MM
    matrix = np.array(
        [
            [scale * math.cos(turn), -scale * math.sin(turn), dice.uniform(0, 0.8) * per_mm],
            [scale * math.sin(turn), scale * math.cos(turn), dice.uniform(0, 0.8) * per_mm],
        ]
    )
    source = cv2.GaussianBlur(paper, (0, 0), 0.35 / scale) if scale < 0.8 else paper
    flat = cv2.warpAffine(source, matrix, size, borderValue=shot.lid).astype(np.float32)
    flat = np.asarray(cv2.GaussianBlur(flat, (0, 0), max(shot.blur_px, 0.3)), np.float32)
    noisy = flat * 0.97 + dice.standard_normal(flat.shape, np.float32) * shot.noise
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def taken(page: pypdfium2.PdfPage, shot: Shot) -> bytes:
    """Return the file that comes of *shot* of *page*: a JPEG; the dots an inch of a scan stand in it."""
    paper = printed(page, shot)
    if shot.scan_dpi:
        size_mm = tuple(length * 25.4 / 72 for length in page.get_size())
        image = Image.fromarray(scanned(paper, shot, (size_mm[0], size_mm[1])))
    else:
        image = Image.fromarray(photographed(paper, shot))
    back = {
        1: None,
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }
    if (turn := back[shot.orientation]) is not None:
        image = image.transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = shot.orientation
    out = io.BytesIO()
    dpi = shot.scan_dpi or 72
    image.save(out, "JPEG", quality=shot.quality, dpi=(dpi, dpi), exif=exif.tobytes())
    return out.getvalue()
