-- report: Most popular products
-- Products of the customers of the country whose users logged in most on a date: the newest one where none is chosen.
-- filters: report_date
select r.prod_id, r.country
from bus.most_popular_products r
where r.report_date = coalesce([[ {{report_date}}, ]] (select max(l.report_date) from bus.most_popular_products l))
order by r.prod_id
