select * from x order by v3 desc, id6 limit 100
