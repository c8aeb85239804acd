"""The inks that a press mixes a colour of."""

from __future__ import annotations

from functools import cached_property
from io import BytesIO

from PIL import Image, ImageCms

from handout.model.colours import Colour


class Inks:
    """Mixes colours by the ICC profile of a press."""

    def __init__(self, profile: bytes) -> None:
        self._profile = profile
        self._known: dict[Colour, tuple[float, float, float, float]] = {}

    def of(self, colour: Colour) -> tuple[float, float, float, float]:
        """Return how much cyan, magenta, yellow and black *colour*, of sRGB, takes, each from 0 to 1.

        Relative to the paper, as a reader sees colours on it. Raises ImageCms.PyCMSError for a profile that
        cannot be used.
        """
        if colour not in self._known:
            red, green, blue = (round(part * 255) for part in colour)
            mixed = ImageCms.applyTransform(Image.new("RGB", (1, 1), (red, green, blue)), self._mixer)
            assert mixed is not None
            parts = mixed.getpixel((0, 0))
            assert isinstance(parts, tuple)
            cyan, magenta, yellow, black = (part / 255 for part in parts)
            self._known[colour] = cyan, magenta, yellow, black
        return self._known[colour]

    @cached_property
    def _mixer(self) -> ImageCms.ImageCmsTransform:
        return ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
            ImageCms.ImageCmsProfile(BytesIO(self._profile)),
            "RGB",
            "CMYK",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
