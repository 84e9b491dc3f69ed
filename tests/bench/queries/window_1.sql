select id4, id5, v3, rank() over (partition by id4, id5 order by v3) as place from x
