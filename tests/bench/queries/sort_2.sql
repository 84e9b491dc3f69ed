select id3, id6, v1 from x order by id3, id6 desc
