-- report: Monthly sales
-- Sales and profit of each month of orders, as of a date: the newest one where none is chosen.
-- filters: report_date
select r.sale_month, r.sale_year, r.monthly_sales, r.monthly_profit
from bus.monthly_sales r
where r.report_date = coalesce([[ {{report_date}}, ]] (select max(l.report_date) from bus.monthly_sales l))
order by r.monthly_profit desc, r.sale_year, r.sale_month
