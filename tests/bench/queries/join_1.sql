select count(*) as n, sum(w * v3) as w from x join small on id4 = k4
