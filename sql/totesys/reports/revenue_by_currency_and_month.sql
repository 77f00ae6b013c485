-- report: Revenue by currency and month
-- What the newest versions of sales orders come to, by the month of the order and its currency.
-- filters: date_from, date_to
select
  d.year,
  d.month,
  d.month_name,
  c.currency_code,
  count(*) as orders,
  sum(o.units_sold) as units_sold,
  sum(o.units_sold * o.unit_price) as revenue
from bus.current_sales_order o
join bus.dim_date d on d.date_id = o.created_date
left join bus.dim_currency c on c.currency_id = o.currency_id
where true
  [[ and o.created_date >= {{date_from}} ]]
  [[ and o.created_date <= {{date_to}} ]]
group by d.year, d.month, d.month_name, c.currency_code
order by d.year, d.month, c.currency_code
