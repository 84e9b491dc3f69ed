select who, max(length(note)) as long, min(upper(note)) as first from notes group by who
