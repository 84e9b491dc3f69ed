select count(*) as n, sum(v3) as v3 from x where not exists (select 1 from medium where k6 = id6)
