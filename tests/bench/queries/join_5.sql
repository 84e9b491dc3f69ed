select count(*) as n, sum(w * v3) as w from x join big on id3 = k3
