-- mart: bus.monthly_sales
-- Sales and profit of each month of orders, as of each date; orders of unknown products are left out, and currencies are added up as they are.
-- by: report_date
-- key: sale_year, sale_month
-- reads: order_versions up to date, product_versions up to date
-- after: gear.order_spans

-- columns
sale_month int
sale_year int
monthly_sales decimal(30,2)
monthly_profit decimal(30,2)
currencies bigint

-- rows
with known_products as (
  select p.prod_id, p.prod_unit_price, p.prod_currency_code
  from bulk.product_versions p
  where p.delivery_date <= {date}
    and not exists (
      select 1 from bulk.product_versions later
      where later.prod_id = p.prod_id and later.delivery_date > p.delivery_date and later.delivery_date <= {date}
    )
)
select
  month(o.created_date) as sale_month,
  year(o.created_date) as sale_year,
  round(sum(o.prod_quote_price), 2) as monthly_sales,
  round(sum(o.prod_quote_price) - sum(p.prod_unit_price), 2) as monthly_profit,
  count(distinct p.prod_currency_code) as currencies
from gear.order_spans o
join known_products p on p.prod_id = o.prod_id
where o.delivery_date <= {date} and o.holds_until >= {date}
group by year(o.created_date), month(o.created_date)
