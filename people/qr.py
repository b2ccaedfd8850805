"""QR codes: dark on white in both themes, because cameras ask for it."""

import io

import segno


def qr_svg(text: str) -> str:
    """The code as an SVG document that scales."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", xmldecl=False, omitsize=True, light="#fff", border=4)
    return out.getvalue().decode()


def qr_image(text: str) -> str:
    """The code as the `src` of an image, so that no markup has to be called safe."""
    return _code(text).svg_data_uri(omitsize=True, light="#fff", border=4)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
