select id1, id6, v3 from x order by v3
