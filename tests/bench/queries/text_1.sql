select count(*) as n from notes where note like '%pending%'
