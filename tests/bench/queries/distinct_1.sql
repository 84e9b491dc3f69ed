select count(*) as n from (select distinct id2, id6 from x) t
