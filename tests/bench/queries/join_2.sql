select count(*) as n, sum(w * v3) as w from x join medium on id6 = k6
