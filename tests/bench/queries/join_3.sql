select id1, id6, v3, name, w from x left join medium on id6 = k6
