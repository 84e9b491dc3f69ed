#!/usr/bin/env python3
"""Draw the logo: three weft threads (warm) over and under three warp threads (cool).

Writes `logo-svg.svg` beside this file and, from it, `logo-32x32.png` and
`logo-64x64.png`, the names that Jupyter front ends look for. The threads are
cut around each crossing instead of being outlined, so the ground shows through
and the mark works on light and on dark pages alike.

Needs `rsvg-convert` (Debian: librsvg2-bin). With `--check`, writes nothing and
fails when the committed SVG is not what this script draws.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = 64
CENTRES = (13.5, 32, 50.5)
WIDTH = 12.5  # of a thread
GAP = 1.5  # of ground on each side of the thread that lies above
WEFT = ("#f5b335", "#f28c38", "#e5603c")
WARP = ("#2fa8a0", "#3a8fc7", "#5f7bd8")


def pieces(under):
    """The visible stretches of a thread that dips under at the given centres."""
    start = 0.5
    for centre in under:
        yield start, centre - WIDTH / 2 - GAP
        start = centre + WIDTH / 2 + GAP
    yield start, SIZE - 0.5


def rect(x, y, width, height, colour):
    """One stretch of thread, slightly rounded like yarn."""
    return (
        f'  <rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
        f' rx="1.2" fill="{colour}"/>'
    )


def draw():
    """The whole mark as SVG text: a plain weave, so over and under alternate."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"'
        f' width="{SIZE}" height="{SIZE}" role="img" aria-label="Weft">',
        "  <title>Weft</title>",
    ]
    for column, x in enumerate(CENTRES):
        under = [y for row, y in enumerate(CENTRES) if (row + column) % 2 == 0]
        for low, high in pieces(under):
            lines.append(rect(x - WIDTH / 2, low, WIDTH, high - low, WARP[column]))
    for row, y in enumerate(CENTRES):
        under = [x for column, x in enumerate(CENTRES) if (row + column) % 2 == 1]
        for low, high in pieces(under):
            lines.append(rect(low, y - WIDTH / 2, high - low, WIDTH, WEFT[row]))
    lines.append("</svg>")
    return "\n".join(lines) + "\n"


def main():
    svg = HERE / "logo-svg.svg"
    text = draw()
    if "--check" in sys.argv[1:]:
        if svg.read_text() != text:
            sys.exit(f"{svg} is not what {Path(__file__).name} draws: run it")
        return
    svg.write_text(text)
    for size in (32, 64):
        png = HERE / f"logo-{size}x{size}.png"
        subprocess.run(
            ["rsvg-convert", "-w", str(size), "-h", str(size), str(svg), "-o", str(png)],
            check=True,
        )


if __name__ == "__main__":
    main()
