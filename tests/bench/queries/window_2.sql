select id6, v3, v3 / sum(v3) over (partition by id6) as share from x
