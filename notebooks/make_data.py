#!/usr/bin/env python3
"""Draw the data that the notebooks read, into `notebooks/data/`.

A small mill weaves fabrics and sells them in six shops:

- `swatches/PATTERN-COLOUR.jpg`: a picture of each fabric, woven here thread by
  thread from its draft (which weft goes over which warp), then lit;
- `sales.parquet`: two years of sales, one row a sale, metres and prices as decimals;
- `fabrics.csv`: each fabric's pattern, colour and picture;
- `shops.csv`: where the shops are.

The files are committed, so that a clone can run the tour at once; this script
makes the same ones again (`make data`).
"""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, ImageFilter

DATA = Path(__file__).resolve().parent / "data"
SEED = 20_240_131
THREAD = 8  # pixels across one thread
ACROSS = 48  # threads across one swatch: a multiple of every pattern's repeat

# Colour: the warp's and the weft's yarn.
YARNS = {
    "indigo": ("#27396b", "#dfe4ee"),
    "madder": ("#8f2f2f", "#e9c9a8"),
    "moss": ("#39573a", "#d9d6b4"),
    "saffron": ("#c98a1b", "#5b3a1c"),
    "slate": ("#3b434d", "#aab4bf"),
    "rose": ("#b0546a", "#f3e3e0"),
}

SHOPS = [
    ("LYO", "Lyon", "France", dt.date(2011, 5, 2)),
    ("PRA", "Prato", "Italy", dt.date(2014, 9, 15)),
    ("BIE", "Bielsko-Biała", "Poland", dt.date(2016, 3, 1)),
    ("GAL", "Galashiels", "Scotland", dt.date(2012, 11, 20)),
    ("KYO", "Kyoto", "Japan", dt.date(2019, 4, 8)),
    ("OAX", "Oaxaca", "Mexico", dt.date(2021, 1, 25)),
]


def plain(row, column):
    """Over and under, alternately."""
    return (row + column) % 2 == 0


def twill(row, column):
    """Two over, two under, stepped: diagonal ribs."""
    return (row + column) % 4 < 2


def herringbone(row, column):
    """Twill that turns back every eight threads."""
    step = column % 16
    return (row + (step if step < 8 else 15 - step)) % 4 < 2


def diamond(row, column):
    """Twill that turns back both ways."""
    y, x = row % 16, column % 16
    return ((y if y < 8 else 15 - y) + (x if x < 8 else 15 - x)) % 4 < 2


def basket(row, column):
    """Plain weave of threads in pairs."""
    return (row // 2 + column // 2) % 2 == 0


def plain_colours(count, yarn, other):
    """One colour for the warp, the other for the weft."""
    return [yarn] * count, [other] * count


def houndstooth_colours(count, yarn, other):
    """Four and four of each colour in both directions."""
    stripe = [yarn if i % 8 < 4 else other for i in range(count)]
    return stripe, stripe


def tartan_colours(count, yarn, other):
    """A symmetric sett of wide and narrow stripes in both directions."""
    mix = tuple((a + b) // 2 for a, b in zip(yarn, other))
    sett = [yarn] * 8 + [other] * 2 + [mix] * 4 + [other] * 2 + [yarn] * 4 + [mix] * 4
    stripe = [sett[i % len(sett)] for i in range(count)]
    return stripe, stripe


# Pattern: its draft, its colouring, the price of a metre.
PATTERNS = {
    "plain": (plain, plain_colours, Decimal("14.50")),
    "twill": (twill, plain_colours, Decimal("18.00")),
    "herringbone": (herringbone, plain_colours, Decimal("24.90")),
    "diamond": (diamond, plain_colours, Decimal("27.40")),
    "basket": (basket, plain_colours, Decimal("16.20")),
    "houndstooth": (twill, houndstooth_colours, Decimal("29.00")),
    "tartan": (twill, tartan_colours, Decimal("33.80")),
}


def rgb(text):
    """A colour written #rrggbb as three integers."""
    return tuple(int(text[i : i + 2], 16) for i in (1, 3, 5))


def weave(draft, colouring, yarn, other, random):
    """A picture of the cloth: each crossing shows the thread that lies above."""
    warp, weft = colouring(ACROSS, rgb(yarn), rgb(other))
    bump = np.sin(np.linspace(0.25, np.pi - 0.25, THREAD))
    cloth = np.zeros((ACROSS * THREAD, ACROSS * THREAD, 3))
    for row in range(ACROSS):
        for column in range(ACROSS):
            over = draft(row, column)
            colour = np.array(warp[column] if over else weft[row], dtype=float)
            along, across = (0.82 + 0.18 * bump)[:, None], (0.62 + 0.38 * bump)[None, :]
            light = along * across if over else along.T * across.T
            light = light * (1 + 0.05 * random.standard_normal())
            y, x = row * THREAD, column * THREAD
            cloth[y : y + THREAD, x : x + THREAD] = colour * light[:, :, None]
    cloth += 6 * random.standard_normal(cloth.shape[:2])[:, :, None]
    # Light falls from the upper left.
    fall = np.linspace(1.12, 0.88, cloth.shape[0])
    cloth *= (fall[:, None] + fall[None, :])[:, :, None] / 2
    picture = Image.fromarray(np.clip(cloth, 0, 255).astype(np.uint8))
    return picture.filter(ImageFilter.GaussianBlur(0.6))


def draw_swatches(random):
    """One JPEG for each pattern in three of the colours."""
    folder = DATA / "swatches"
    folder.mkdir(parents=True, exist_ok=True)
    fabrics = []
    colours = list(YARNS)
    for turn, (name, (draft, colouring, price)) in enumerate(PATTERNS.items()):
        for step in range(3):
            colour = colours[(turn + 2 * step) % len(colours)]
            fabric = f"{name}-{colour}"
            picture = weave(draft, colouring, *YARNS[colour], random)
            # Landscape, portrait and square ones, so that resizing shows.
            width, height = ((384, 288), (288, 384), (320, 320))[step]
            picture = picture.crop((0, 0, width, height))
            picture.save(folder / f"{fabric}.jpg", quality=72, optimize=True)
            fabrics.append((fabric, price))
    return fabrics


def write_sales(fabrics, random):
    """Two years of sales in order of day; those made online have no shop."""
    count = 20_000
    first = dt.date(2023, 1, 1)
    taste = random.dirichlet(np.full(len(fabrics), 1.5))
    draw = random.choice(len(fabrics), size=count, p=taste)
    days = np.sort(random.integers(0, 731, size=count))
    shops = random.choice(len(SHOPS), size=count, p=[0.24, 0.22, 0.12, 0.18, 0.16, 0.08])
    decimetres = np.round(random.gamma(2.0, 22.0, size=count) + 5).astype(int)
    online = random.random(count) < 0.06
    rebate = random.choice([0, 5, 10, 20], size=count, p=[0.7, 0.15, 0.1, 0.05])
    table = pa.table(
        {
            "sale": pa.array(range(1, count + 1), pa.int64()),
            "day": pa.array([first + dt.timedelta(days=int(d)) for d in days], pa.date32()),
            "shop": pa.array(
                [None if on else SHOPS[s][0] for on, s in zip(online, shops)], pa.string()
            ),
            "fabric": pa.array([fabrics[d][0] for d in draw], pa.string()),
            "metres": pa.array([Decimal(int(d)) / 10 for d in decimetres], pa.decimal128(6, 1)),
            "price": pa.array([fabrics[d][1] for d in draw], pa.decimal128(9, 2)),
            "rebate_pct": pa.array(rebate, pa.int32()),
        }
    )
    pq.write_table(table, DATA / "sales.parquet", row_group_size=5_000, compression="zstd")


def write_csv(name, header, rows):
    """A CSV file in UTF-8, its lines ended as everywhere but on Windows."""
    with open(DATA / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    random = np.random.default_rng(SEED)
    DATA.mkdir(parents=True, exist_ok=True)
    fabrics = draw_swatches(random)
    write_sales(fabrics, random)
    write_csv(
        "fabrics.csv",
        ["fabric", "pattern", "colour", "picture"],
        [(name, *name.split("-"), f"data/swatches/{name}.jpg") for name, _ in fabrics],
    )
    write_csv("shops.csv", ["shop", "city", "country", "opened"], SHOPS)


if __name__ == "__main__":
    main()
