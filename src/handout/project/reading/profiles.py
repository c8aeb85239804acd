"""Tell whether a colour profile can be used, before anything is made with it."""

from __future__ import annotations

from io import BytesIO


def mixes_colours(profile: bytes) -> bool:
    """Tell whether *profile*, an ICC profile for four inks, says how they are mixed for a colour."""
    from PIL import ImageCms  # only here: few projects have a profile

    screen = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    try:
        press = ImageCms.ImageCmsProfile(BytesIO(profile))
        ImageCms.buildTransform(screen, press, "RGB", "CMYK")
    except (ImageCms.PyCMSError, OSError):
        return False
    return True
