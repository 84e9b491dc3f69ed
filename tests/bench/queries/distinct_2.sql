select id1, count(distinct id3) as n from x group by id1
