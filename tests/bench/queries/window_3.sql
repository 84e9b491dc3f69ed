select id6, v2, v3, avg(v3) over (partition by id6 order by v3 rows between 9 preceding and current row) as smooth from x
