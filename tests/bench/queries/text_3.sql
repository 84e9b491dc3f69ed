select substr(note, 1, 3) as start, count(*) as n from notes group by 1
