select id3, max(v1) - min(v2) as spread from x group by id3
