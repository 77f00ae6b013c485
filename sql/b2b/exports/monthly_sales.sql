-- export: monthly_sales
-- Sales and profit of each month, as of each date.
-- format: csv
-- to: data/final/report=monthly_sales/{date}/part-00000.csv
-- after: bus.monthly_sales

-- columns
sale_month int
sale_year int
monthly_sales decimal(30,2)
monthly_profit decimal(30,2)

-- rows
select sale_month, sale_year, monthly_sales, monthly_profit from bus.monthly_sales where report_date = {date} order by monthly_profit desc, sale_year, sale_month
